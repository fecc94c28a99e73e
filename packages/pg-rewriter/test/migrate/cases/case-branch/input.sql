SELECT CASE WHEN rating > 2 THEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment ELSE 'x' END FROM support;
