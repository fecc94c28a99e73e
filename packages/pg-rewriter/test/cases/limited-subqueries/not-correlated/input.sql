-- A subquery that reads the query around it is evaluated for each of its rows.
SELECT name FROM products p WHERE EXISTS (SELECT FROM reviews WHERE product_id = p.id AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' LIMIT 1)
