-- A lateral call without the word.
SELECT r.id, d.* FROM reviews r, aws_comprehend.detect_sentiment(r.body, r.lang) d WHERE d.confidence > 0.5
