-- WITH ORDINALITY.
SELECT * FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') WITH ORDINALITY
