-- The calls decide which rows there are.
SELECT id FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY mood LIMIT 5) q WHERE id > 3
