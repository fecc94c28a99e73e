-- Strings and names that look alike.
SELECT id AS detect_sentiment, 'aws_comprehend.detect_sentiment(x)' FROM support
