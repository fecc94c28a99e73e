-- CREATE TABLE AS.
CREATE TABLE made AS SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment FROM support
