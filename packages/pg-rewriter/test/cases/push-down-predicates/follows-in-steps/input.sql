-- Over other columns, too.
SELECT q.mood FROM products p, notes n, (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q WHERE q.id = n.id AND n.id = p.id AND 7 = p.id
