-- scan detect_sentiment: aws_comprehend.detect_sentiment(feedback, 'en', NULL)
-- detect_sentiment invokes aws_comprehend.detect_sentiment en
SELECT support.id AS id, support.feedback AS feedback, support.channel AS channel, support.rating AS rating, detect_sentiment.confidence AS confidence FROM support CROSS JOIN LATERAL aws_comprehend.detect_sentiment(feedback, 'en', NULL) AS detect_sentiment WHERE detect_sentiment.sentiment = 'POSITIVE' AND rating > 2;
