-- Rows under a LIMIT are decided where it stands: the subquery is planned there.
SELECT q.mood FROM (SELECT id, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support ORDER BY id LIMIT 9) q WHERE q.mood <> 'MIXED'
