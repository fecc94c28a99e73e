-- A sort key that names an output.
SELECT aws_bedrock.invoke_model('m', 'application/json', 'application/json', body) AS summary, (aws_comprehend.detect_sentiment(body, 'en')).confidence AS c FROM reviews ORDER BY c LIMIT 5 OFFSET 2
