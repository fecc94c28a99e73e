-- A query over the rows that WITH writes.
WITH i AS (INSERT INTO support (id, feedback) SELECT id, feedback FROM support RETURNING *) SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM i WHERE id > 3
