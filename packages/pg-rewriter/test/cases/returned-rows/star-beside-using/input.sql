-- The star stands for the columns of USING as well.
DELETE FROM support USING notes WHERE notes.id = support.id RETURNING *, (aws_comprehend.detect_sentiment(support.feedback, 'en')).sentiment AS mood
