-- Only rows that reach the branch are sent.
SELECT id, CASE WHEN rating > 3 THEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment WHEN rating = 3 THEN mood_of(feedback, 'fr') END FROM support
