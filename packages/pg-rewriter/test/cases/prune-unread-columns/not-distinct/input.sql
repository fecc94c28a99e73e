-- Duplicates are told by every column.
SELECT id FROM (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q
