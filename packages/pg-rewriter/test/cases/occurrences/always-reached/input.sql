-- Reached under a condition in one place, always in another.
SELECT CASE WHEN rating > 3 THEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment END, (aws_comprehend.detect_sentiment(feedback, 'en')).confidence FROM support
