-- DISTINCT over results; DISTINCT ON over cheap keys picks first.
SELECT DISTINCT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support
