-- Only rows that the ML predicate leaves may be locked.
SELECT id FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' FOR UPDATE
