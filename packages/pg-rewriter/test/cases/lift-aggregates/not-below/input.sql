-- Calls inside aggregates and grouping expressions work on rows.
SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood, avg((aws_comprehend.detect_sentiment(feedback, 'en')).confidence), count(*) FROM support GROUP BY mood HAVING avg((aws_comprehend.detect_sentiment(feedback, 'en')).confidence) > 0.5 ORDER BY count(*) DESC
