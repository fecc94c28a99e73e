-- A LIMIT that an ML predicate decides ends the requests in a subquery too.
SELECT name FROM products WHERE id IN (SELECT product_id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' ORDER BY id LIMIT 5)
