-- scan detect_sentiment: aws_comprehend.detect_sentiment(feedback, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT CASE WHEN rating > 2 THEN detect_sentiment.sentiment ELSE 'x' END AS "case" FROM support LEFT JOIN LATERAL ( SELECT detect_sentiment.* FROM LATERAL aws_comprehend.detect_sentiment(feedback, 'en', NULL) AS detect_sentiment WHERE CASE WHEN rating > 2 THEN true ELSE false END OFFSET 0 ) AS detect_sentiment ON true;
