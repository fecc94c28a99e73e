-- scan detect_sentiment: aws_comprehend.detect_sentiment(note, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT sentiment AS sentiment, detect_sentiment.sentiment_1 AS sentiment FROM notes CROSS JOIN LATERAL aws_comprehend.detect_sentiment(note, 'en', NULL) AS detect_sentiment(sentiment_1, confidence);
