-- The condition of an outer join holds for matching rows only.
SELECT q.mood FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q LEFT JOIN products p ON q.id = p.id AND p.id = 5
