-- The row of a subquery has no expression.
SELECT q FROM (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) q
