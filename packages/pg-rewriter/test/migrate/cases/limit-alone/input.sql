SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support LIMIT 3;
