-- Two NULLs would be text, which does not go with the numbers.
SELECT id FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).confidence AS c FROM reviews UNION ALL SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM reviews UNION ALL SELECT id, price FROM products) q
