-- Two results, each of which decides about the other.
SELECT CASE WHEN rating > 3 THEN CASE WHEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'a' THEN mood_of(channel) END END, CASE WHEN id < 9 THEN CASE WHEN mood_of(channel) = 'b' THEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment END END FROM support
