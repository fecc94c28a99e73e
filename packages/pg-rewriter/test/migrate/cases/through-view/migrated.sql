-- scan detect_sentiment: aws_comprehend.detect_sentiment(support.feedback, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT id AS id, mood AS mood FROM ( SELECT support.id AS id, detect_sentiment.sentiment AS mood FROM support CROSS JOIN LATERAL aws_comprehend.detect_sentiment(support.feedback, 'en', NULL) AS detect_sentiment ) AS moods WHERE id < 3;
