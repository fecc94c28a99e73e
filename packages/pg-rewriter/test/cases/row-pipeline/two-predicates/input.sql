-- The second sees what the first leaves, the SELECT list what both leave.
SELECT id, aws_sagemaker.invoke_endpoint('e', NULL, id) FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' AND mood_of(channel) <> 'MIXED'
