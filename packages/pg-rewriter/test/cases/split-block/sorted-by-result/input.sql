-- A sort by a result needs all rows.
SELECT id FROM support ORDER BY (aws_comprehend.detect_sentiment(feedback, 'en')).confidence DESC, id LIMIT 3
