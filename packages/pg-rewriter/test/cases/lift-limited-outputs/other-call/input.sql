-- Only the rows that the LIMIT keeps are summarized.
SELECT id, aws_bedrock.invoke_model('m', 'application/json', 'application/json', body) AS summary, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE stars > 2 ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence DESC, id LIMIT 5
