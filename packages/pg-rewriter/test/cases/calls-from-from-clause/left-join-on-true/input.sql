-- LEFT JOIN LATERAL … ON true adds nothing to a call that returns one row.
SELECT r.id, d.sentiment FROM reviews r LEFT JOIN LATERAL aws_comprehend.detect_sentiment(r.body, 'en') d ON true
