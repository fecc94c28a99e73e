SELECT aws_comprehend.detect_sentiment('x', 'en');
