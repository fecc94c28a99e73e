-- A composite result as a whole, in an expression.
SELECT to_json(aws_comprehend.detect_sentiment(feedback, 'en')), aws_comprehend.detect_sentiment(feedback, 'en') IS NULL FROM support
