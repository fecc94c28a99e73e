-- All rows are answered.
SELECT aws_bedrock.invoke_model('m', 'application/json', 'application/json', body) AS summary FROM reviews ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence
