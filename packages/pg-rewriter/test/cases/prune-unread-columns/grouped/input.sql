-- The groups are there without the aggregate.
SELECT s FROM (SELECT stars AS s, max((aws_comprehend.detect_sentiment(body, 'en')).sentiment) AS mood FROM reviews GROUP BY stars) q
