-- OR and AND stop early.
SELECT id FROM support WHERE (rating > 3 OR (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE') AND channel = 'web'
