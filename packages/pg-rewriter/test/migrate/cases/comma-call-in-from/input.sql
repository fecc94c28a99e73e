SELECT t.id, m.sentiment FROM support t, aws_comprehend.detect_sentiment(t.feedback, 'en') m;
