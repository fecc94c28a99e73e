-- scan detect_sentiment: aws_comprehend.detect_sentiment(feedback, 'en', NULL)
SELECT id AS id, detect_sentiment.sentiment AS sentiment, detect_sentiment.confidence AS confidence FROM support CROSS JOIN LATERAL aws_comprehend.detect_sentiment(feedback, 'en', NULL) AS detect_sentiment;
