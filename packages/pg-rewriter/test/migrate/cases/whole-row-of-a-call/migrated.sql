-- scan detect_sentiment: aws_comprehend.detect_sentiment(feedback, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT detect_sentiment AS detect_sentiment FROM support AS s CROSS JOIN LATERAL aws_comprehend.detect_sentiment(feedback, 'en', NULL) AS detect_sentiment;
