-- scan detect_sentiment: aws_comprehend.detect_sentiment(feedback, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT ml_limited_1.c1 AS id, detect_sentiment.sentiment AS sentiment FROM ( SELECT id AS c1, feedback AS c2, rating AS c3 FROM support ORDER BY rating DESC LIMIT 3 OFFSET 1 ) AS ml_limited_1 CROSS JOIN LATERAL aws_comprehend.detect_sentiment(ml_limited_1.c2, 'en', NULL) AS detect_sentiment ORDER BY ml_limited_1.c3 DESC;
