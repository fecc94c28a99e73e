-- The remainder would read the table after the rows are gone.
WITH d AS (DELETE FROM support RETURNING id, feedback) SELECT id, (SELECT count(*) FROM support) FROM d WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE'
