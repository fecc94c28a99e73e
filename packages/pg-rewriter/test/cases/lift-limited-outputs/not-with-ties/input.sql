-- How many rows there are the ties decide.
SELECT aws_bedrock.invoke_model('m', 'application/json', 'application/json', body) AS summary FROM reviews ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence FETCH FIRST 5 ROWS WITH TIES
