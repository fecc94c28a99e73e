-- LIMIT ends the calls, not the writing.
WITH u AS (UPDATE support SET id = id + 1 RETURNING id, feedback) SELECT id FROM u WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' LIMIT 3
