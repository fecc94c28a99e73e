-- The subquery would see what was written.
DELETE FROM support RETURNING (SELECT count(*) FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE')
