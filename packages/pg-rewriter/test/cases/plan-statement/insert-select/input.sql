-- INSERT … SELECT.
INSERT INTO notes (id, sentiment, confidence) SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment, (aws_comprehend.detect_sentiment(feedback, 'en')).confidence FROM support WHERE rating > 3
