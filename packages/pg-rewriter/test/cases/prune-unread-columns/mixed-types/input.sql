-- One NULL takes the type of what it is combined with.
SELECT id FROM (SELECT id, price AS c FROM products UNION ALL SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM reviews UNION ALL SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM reviews) q
