-- GROUPING SETS over a result.
SELECT channel, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood, count(*) FROM support GROUP BY ROLLUP (channel, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment)
