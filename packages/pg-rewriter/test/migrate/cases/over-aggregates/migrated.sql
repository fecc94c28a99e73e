-- scan detect_sentiment: aws_comprehend.detect_sentiment(string_agg(feedback, ' '), 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT ml_groups_1.c1 AS channel, detect_sentiment.sentiment AS sentiment FROM ( SELECT channel AS c1, string_agg(feedback, ' ') AS c2 FROM support GROUP BY channel ) AS ml_groups_1 CROSS JOIN LATERAL aws_comprehend.detect_sentiment(ml_groups_1.c2, 'en', NULL) AS detect_sentiment ORDER BY ml_groups_1.c1;
