-- The only call is needed for the order of all rows.
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence LIMIT 5
