-- The column is among those of DISTINCT ON.
SELECT mood FROM (SELECT DISTINCT ON (product_id) product_id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY product_id, id) q WHERE product_id = $1
