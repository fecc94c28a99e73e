-- A predicate over a key of the groups goes below, one over an aggregate stays.
SELECT * FROM (SELECT product_id AS p, count(*) AS n FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' GROUP BY 1) q WHERE q.p IN (1, 2) AND q.n > 3
