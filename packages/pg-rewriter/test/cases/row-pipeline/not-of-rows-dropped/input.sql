-- An expression that could fail is not evaluated for rows that an ML predicate drops.
SELECT 10 / rating AS q FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE'
