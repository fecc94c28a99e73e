-- A string constant gets the type that its column has.
SELECT q.mood FROM (SELECT 'live' AS source, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT 'stored', name FROM products) q WHERE source = 'stored'
