-- Under OR it may never be needed.
SELECT name FROM products WHERE category = 'x' OR id IN (SELECT product_id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' LIMIT 5)
