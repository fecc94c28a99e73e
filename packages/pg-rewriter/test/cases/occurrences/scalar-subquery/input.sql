-- A call in a subquery of an expression.
SELECT id, (SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment) FROM support
