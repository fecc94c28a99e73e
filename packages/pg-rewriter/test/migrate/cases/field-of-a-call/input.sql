SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support;
