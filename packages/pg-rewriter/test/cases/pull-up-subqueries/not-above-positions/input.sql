-- A position in ORDER BY would mean another column.
SELECT id, mood FROM (SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, id FROM reviews ORDER BY 2 LIMIT 60) q WHERE id > 30
