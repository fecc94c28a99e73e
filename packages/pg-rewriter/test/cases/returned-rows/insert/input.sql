-- The rows are written once, by the base query.
INSERT INTO support (id, feedback) SELECT id, feedback FROM support RETURNING id + 1, upper(feedback) AS shout, (aws_comprehend.detect_sentiment(feedback || '!', 'en')).sentiment
