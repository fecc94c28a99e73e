-- A star stands for the target's columns; the WITH of the statement comes along.
WITH old AS (SELECT id FROM notes) DELETE FROM support WHERE id IN (SELECT id FROM old) RETURNING *, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood
