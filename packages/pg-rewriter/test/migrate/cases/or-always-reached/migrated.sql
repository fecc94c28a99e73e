-- scan detect_sentiment: aws_comprehend.detect_sentiment(feedback, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT detect_sentiment IS NULL OR rating > 3 AS "?column?" FROM support CROSS JOIN LATERAL aws_comprehend.detect_sentiment(feedback, 'en', NULL) AS detect_sentiment;
