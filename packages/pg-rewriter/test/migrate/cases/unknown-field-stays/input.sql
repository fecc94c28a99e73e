SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).mood FROM support;
