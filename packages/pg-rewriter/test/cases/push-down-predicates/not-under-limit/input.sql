-- Under a LIMIT other rows would come up.
SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY id LIMIT 5) q WHERE id > 3
