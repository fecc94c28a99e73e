-- Subqueries over tables are columns of the base query.
SELECT (aws_comprehend.detect_sentiment(feedback, 'en')).sentiment, (SELECT max(id) FROM notes n WHERE n.id = s.id), EXISTS (SELECT 1 FROM notes) FROM support s
