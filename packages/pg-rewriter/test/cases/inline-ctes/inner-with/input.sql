-- A WITH query is not put in the place of another of its name that stands further inside.
WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) SELECT x.id FROM (WITH s AS (SELECT 5 AS id) SELECT id FROM s) AS x, s
