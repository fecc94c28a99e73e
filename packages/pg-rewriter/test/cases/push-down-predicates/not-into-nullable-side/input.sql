-- Below an outer join the rows that are missing would become NULLs.
SELECT p.name, q.id FROM products p LEFT JOIN (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ON q.id = p.id WHERE q.id IS NULL
