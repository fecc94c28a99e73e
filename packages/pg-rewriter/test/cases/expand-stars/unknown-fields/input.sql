-- The fields of a column's type are not among the facts.
SELECT (q.d).* FROM (SELECT aws_comprehend.detect_sentiment(feedback, 'en') AS d FROM support OFFSET 0) q
