-- The rows come in its order.
SELECT id FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY mood, id LIMIT 3) q
