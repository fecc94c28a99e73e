SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support ORDER BY rating DESC LIMIT 3 OFFSET 1;
