-- Through two subqueries, the predicates of both kept.
SELECT b.id FROM (SELECT a.id, a.mood FROM (SELECT id, rating, (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment AS mood FROM support) a WHERE a.mood <> 'MIXED') b WHERE b.id > 3
