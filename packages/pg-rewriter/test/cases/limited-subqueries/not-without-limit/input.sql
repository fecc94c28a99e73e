-- Without LIMIT nothing would be saved.
SELECT name FROM products WHERE id IN (SELECT product_id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE')
