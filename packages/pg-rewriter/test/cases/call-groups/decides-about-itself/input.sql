-- A result that decides whether it is needed in other rows.
SELECT CASE WHEN rating > 3 OR (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' THEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment END FROM support
