-- An ML predicate decides: LIMIT is applied to what is left.
SELECT id FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 10
