-- The deparser cannot write GROUP BY DISTINCT.
SELECT channel, max((aws_comprehend.detect_sentiment(feedback, 'en')).sentiment) FROM support GROUP BY DISTINCT ROLLUP (channel, rating)
