-- A condition that two evaluations answer in two ways.
SELECT CASE WHEN random() < 0.5 THEN (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment END FROM support
