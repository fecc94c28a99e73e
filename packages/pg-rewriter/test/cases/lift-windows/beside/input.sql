-- A call beside windows sees only what the LIMIT leaves.
SELECT id, row_number() OVER w, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support WINDOW w AS (ORDER BY rating) ORDER BY id LIMIT 5
