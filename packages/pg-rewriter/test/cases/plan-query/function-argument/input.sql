-- The argument of a set-returning function in FROM.
SELECT * FROM support, unnest(ARRAY[(aws_comprehend.detect_sentiment(feedback, 'en')).sentiment]) u
