-- The column beside it is read.
SELECT id, r FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, rank() OVER (ORDER BY stars) AS r, (aws_comprehend.detect_sentiment(body, 'en')).confidence AS c FROM reviews) q WHERE c > 0.5
