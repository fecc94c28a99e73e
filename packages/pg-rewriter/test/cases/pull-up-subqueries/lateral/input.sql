-- A lateral subquery with a LIMIT runs once for each row around it.
SELECT p.id, l.m FROM products p, LATERAL (SELECT mood_of(body) AS m FROM reviews r WHERE r.product_id = p.id LIMIT 2) l
