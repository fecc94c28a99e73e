-- A subquery that groups is planned where it stands.
SELECT p.name, q.n FROM products p JOIN (SELECT product_id, count(*) AS n FROM reviews WHERE mood_of(body) = 'POSITIVE' GROUP BY 1) q ON q.product_id = p.id
