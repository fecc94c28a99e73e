-- A column of another type would be compared in another way.
SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT price, name FROM products) q WHERE id / 2 = 1
