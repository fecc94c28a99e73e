-- scan detect_sentiment: aws_comprehend.detect_sentiment(feedback, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT id AS id, detect_sentiment.sentiment AS sentiment, detect_sentiment.confidence AS confidence FROM support CROSS JOIN LATERAL aws_comprehend.detect_sentiment(feedback, 'en', NULL) AS detect_sentiment;
