-- Columns of two types are equal in another way.
SELECT q.mood FROM products p JOIN (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q ON q.id = p.price WHERE p.price = 5
