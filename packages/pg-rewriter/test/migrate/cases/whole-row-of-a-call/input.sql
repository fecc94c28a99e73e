SELECT aws_comprehend.detect_sentiment(feedback, 'en') FROM support s;
