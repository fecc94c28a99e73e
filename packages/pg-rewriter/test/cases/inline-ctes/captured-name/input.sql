-- A WITH query is not put where the table that it reads is hidden by another name.
WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) SELECT mood FROM (WITH support AS (SELECT 5 AS id) SELECT s.mood FROM s, support) AS x
