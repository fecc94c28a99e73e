-- The whole row is read.
SELECT to_json(q) AS j FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q
