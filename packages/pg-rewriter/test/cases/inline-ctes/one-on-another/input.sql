-- The second one reads the first.
WITH a AS (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support), b AS (SELECT id, upper(mood) AS loud FROM a) SELECT * FROM b
