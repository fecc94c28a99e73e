-- It takes along the WITH query that it reads.
WITH good AS (SELECT * FROM reviews WHERE stars > 3) SELECT name FROM products WHERE id IN (SELECT product_id FROM good WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' LIMIT 5)
