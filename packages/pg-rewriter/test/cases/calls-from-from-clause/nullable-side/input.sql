-- ON decides about the NULLs of an outer join.
SELECT r.id, d.sentiment FROM reviews r LEFT JOIN LATERAL aws_comprehend.detect_sentiment(r.body, 'en') d ON d.confidence > 0.5
