-- The rows are written together, but no more of them are asked about than the LIMIT lets through.
INSERT INTO support (id) SELECT id FROM support WHERE (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 10
