-- A table without data needs no call.
CREATE TABLE made AS SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support WITH NO DATA
