SELECT s.* FROM aws_comprehend.detect_sentiment('x', 'en') s;
