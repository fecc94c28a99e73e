-- The inner call runs first.
SELECT mood_of((aws_comprehend.detect_sentiment(feedback, 'en')).sentiment) FROM support
