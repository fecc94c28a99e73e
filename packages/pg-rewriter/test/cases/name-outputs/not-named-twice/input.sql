-- Names that the user gave stay as they are.
SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS "Mood, of it", id AS detect_sentiment FROM support
