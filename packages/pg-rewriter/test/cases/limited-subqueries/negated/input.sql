-- NOT IN and NOT EXISTS are evaluated always, too.
SELECT name FROM products WHERE NOT EXISTS (SELECT FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'MIXED' LIMIT 1) AND id NOT IN (SELECT product_id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' LIMIT 5)
