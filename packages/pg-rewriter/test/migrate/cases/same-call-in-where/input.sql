SELECT *, (aws_comprehend.detect_sentiment(feedback, 'en')).confidence FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' AND rating > 2;
