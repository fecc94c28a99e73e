-- The condition of an outer join decides about NULLs, not about rows.
SELECT s.id FROM support s LEFT JOIN notes n ON n.sentiment = (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment
