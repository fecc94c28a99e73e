-- A result in the ON of an outer join is computed below it.
SELECT q.id, n.id FROM (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) q LEFT JOIN notes n ON n.sentiment = q.mood
