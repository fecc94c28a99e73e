-- ROWS FROM beside a set.
SELECT * FROM ROWS FROM (aws_comprehend.detect_sentiment('x', 'en'), generate_series(1, 3)) AS t(a, b, c)
