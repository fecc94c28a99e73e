-- Ties by a key that the LIMIT below could not see.
SELECT id FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' ORDER BY rating FETCH FIRST 2 ROWS WITH TIES
