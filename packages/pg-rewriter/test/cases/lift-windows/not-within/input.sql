-- Results inside a window are computed below it.
SELECT id, rank() OVER (ORDER BY (aws_comprehend.detect_sentiment(feedback, 'en')).confidence DESC) FROM support
