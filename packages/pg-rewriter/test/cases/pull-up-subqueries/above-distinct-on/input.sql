-- One row of each product, and of those the cheap ones.
SELECT p, mood FROM (SELECT DISTINCT ON (product_id) product_id AS p, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY product_id, id) q WHERE p > 3
