-- What follows from a join and a constant goes below as well.
SELECT p.name, q.mood FROM products p JOIN (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q ON q.id = p.id WHERE p.id = $1
