-- A name in ON that stands for a call.
SELECT q.id, n.id FROM (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) q JOIN notes n ON n.sentiment = q.mood
