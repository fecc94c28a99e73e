-- Every window is partitioned by the column.
SELECT id, r FROM (SELECT id, product_id, rank() OVER (PARTITION BY product_id ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence) AS r FROM reviews) q WHERE product_id = 7 AND r = 1
