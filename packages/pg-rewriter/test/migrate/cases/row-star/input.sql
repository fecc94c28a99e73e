SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).* FROM support;
