-- The rest groups, and reads no table.
WITH i AS (INSERT INTO support (id, feedback) SELECT id, feedback FROM support RETURNING id, feedback) SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood, count(*) FROM i GROUP BY 1 ORDER BY 2
