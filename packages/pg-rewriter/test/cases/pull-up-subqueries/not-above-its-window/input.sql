-- The call decides the value of a window function.
SELECT id, c FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS c, rank() OVER (ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).sentiment) AS r FROM reviews) q WHERE r = 1
