-- A constant that groups is neither a position nor refused.
SELECT 'all' AS g, 5 AS five, max((aws_comprehend.detect_sentiment(feedback, 'en')).sentiment) FROM support GROUP BY 1, five
