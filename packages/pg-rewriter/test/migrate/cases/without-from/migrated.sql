-- scan detect_sentiment: aws_comprehend.detect_sentiment('x', 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT detect_sentiment AS detect_sentiment FROM LATERAL aws_comprehend.detect_sentiment('x', 'en', NULL) AS detect_sentiment;
