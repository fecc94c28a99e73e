-- The subquery is evaluated only where its branch is reached.
SELECT CASE WHEN id > 5 THEN (SELECT max(sentiment) FROM notes) ELSE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment END FROM support
