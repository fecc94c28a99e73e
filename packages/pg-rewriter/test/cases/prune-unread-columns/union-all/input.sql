-- Counting the rows of a view of live and stored ones needs no request.
SELECT count(*) FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q
