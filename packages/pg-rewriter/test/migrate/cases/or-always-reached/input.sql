SELECT aws_comprehend.detect_sentiment(feedback, 'en') IS NULL OR rating > 3 FROM support;
