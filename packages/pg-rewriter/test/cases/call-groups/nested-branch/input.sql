-- An inner branch needs nothing that the outer one does not.
SELECT CASE WHEN rating > 3 THEN CASE WHEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' THEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment END END FROM support
