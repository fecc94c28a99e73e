-- Every arm of a UNION ALL reads only the rows that the predicate leaves.
SELECT q.mood FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q WHERE q.id < 9
