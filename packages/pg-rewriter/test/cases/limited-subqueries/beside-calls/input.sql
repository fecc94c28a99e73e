-- The rows that the subquery leaves are asked about.
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews r WHERE id = (SELECT r.id FROM reviews r WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' ORDER BY r.id LIMIT 1) AND stars > 3
