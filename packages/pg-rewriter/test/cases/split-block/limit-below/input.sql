-- ORDER BY and LIMIT go below the scan.
SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support ORDER BY rating, id LIMIT 10 OFFSET 5
