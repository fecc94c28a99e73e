-- WITH that writes.
WITH w AS (INSERT INTO notes (id) SELECT id FROM support RETURNING id) SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support JOIN w USING (id)
