-- A WITH query that is used once stands in the place of its use.
WITH s AS (SELECT id, aws_comprehend.detect_sentiment(feedback, 'en') AS d FROM support) SELECT id, (d).sentiment FROM s WHERE (d).confidence > 0.5
