-- A predicate goes down as many levels as it can.
SELECT * FROM (SELECT * FROM (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) a) b WHERE b.id < 9
