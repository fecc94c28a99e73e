-- The other side of a join keeps its predicate.
SELECT p.name, q.mood FROM products p JOIN (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ON q.id = p.id WHERE q.id < 9 AND p.id > 3
