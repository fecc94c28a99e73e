-- The latest of each group: only the rows that the window's value leaves are asked about.
SELECT id, mood FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, row_number() OVER (PARTITION BY product_id ORDER BY id DESC) AS n FROM reviews) q WHERE n = 1
