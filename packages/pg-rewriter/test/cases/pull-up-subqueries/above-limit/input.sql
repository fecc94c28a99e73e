-- A LIMIT that no ML value decides stays below.
SELECT id, mood FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY id LIMIT 60) q WHERE id > 30
