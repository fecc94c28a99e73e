-- A call of constants alone.
SELECT sentiment FROM aws_comprehend.detect_sentiment('This is great', 'en')
