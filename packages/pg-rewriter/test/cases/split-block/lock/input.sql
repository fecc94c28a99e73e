-- Row locks go below.
SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support WHERE id < 5 FOR UPDATE SKIP LOCKED
