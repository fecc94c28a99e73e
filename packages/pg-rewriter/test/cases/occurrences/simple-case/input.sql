-- The condition is a call, a branch another.
SELECT id, CASE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment WHEN 'POSITIVE' THEN aws_sagemaker.invoke_endpoint('e', NULL, id) ELSE 'x' END FROM support
