-- A column that a join merges belongs to neither side.
SELECT id, q.mood FROM products p FULL JOIN (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q USING (id) WHERE id < 9
