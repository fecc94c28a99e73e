-- Two base queries would write.
WITH i AS (INSERT INTO support (id, feedback) SELECT id, feedback FROM support RETURNING id, feedback) SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM i UNION ALL SELECT (aws_comprehend.detect_sentiment(feedback, 'fr')).sentiment FROM i
