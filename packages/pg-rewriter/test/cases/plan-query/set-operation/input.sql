-- Each arm is a pipeline of its own.
SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support UNION ALL SELECT id, mood_of(note) FROM notes ORDER BY 1
