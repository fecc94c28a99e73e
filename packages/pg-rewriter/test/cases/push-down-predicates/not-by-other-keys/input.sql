-- The rows of a partition, a group or a set of duplicates belong together.
SELECT * FROM (SELECT id, product_id, row_number() OVER (PARTITION BY product_id ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence) AS n FROM reviews) q WHERE id = 5
