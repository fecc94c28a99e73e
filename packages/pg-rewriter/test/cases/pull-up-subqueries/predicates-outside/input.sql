-- The predicates and the LIMIT outside go first.
SELECT * FROM (SELECT id, rating, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) q WHERE rating > 3 ORDER BY id LIMIT 5
