-- LIMIT and OFFSET that the engine applies.
SELECT id FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = $1 LIMIT $2 OFFSET $3
