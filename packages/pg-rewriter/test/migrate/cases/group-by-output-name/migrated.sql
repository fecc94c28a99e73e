-- scan detect_sentiment: aws_comprehend.detect_sentiment(feedback, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT detect_sentiment.sentiment AS sentiment, count(*) AS count FROM support CROSS JOIN LATERAL aws_comprehend.detect_sentiment(feedback, 'en', NULL) AS detect_sentiment GROUP BY detect_sentiment.sentiment HAVING count(*) > 1 ORDER BY sentiment;
