-- FILTER decides which rows are sent.
SELECT count(*) FILTER (WHERE rating > 3 AND (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE'), max((aws_comprehend.detect_sentiment(feedback, 'en')).confidence) FILTER (WHERE rating > 3) FROM support
