-- SELECT INTO.
SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment INTO made FROM support
