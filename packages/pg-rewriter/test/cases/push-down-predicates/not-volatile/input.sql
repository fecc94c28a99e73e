-- A volatile predicate is evaluated where it stands.
SELECT * FROM (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q WHERE id < random() * 9
