-- A WITH query that is used twice is scanned once.
WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) SELECT a.id, b.id FROM s a JOIN s b ON a.mood = b.mood
