SELECT * FROM review_moods ORDER BY id;

SELECT id, sentiment FROM review_moods WHERE id < 20 ORDER BY id;

-- a column that nobody reads needs no request
SELECT count(*) FROM review_moods;

SELECT id FROM review_moods WHERE sentiment = 'POSITIVE' AND product_id = 3 ORDER BY id;

SELECT * FROM happy_reviews ORDER BY confidence, id;

SELECT p.name, count(*) FROM happy_reviews h JOIN products p ON p.id = h.product_id GROUP BY p.name ORDER BY 1;

SELECT * FROM product_moods ORDER BY name, sentiment;

SELECT name, sum(n) FROM product_moods WHERE sentiment <> 'MIXED' GROUP BY name ORDER BY name;

SELECT v.id, v.sentiment FROM review_moods AS v ORDER BY v.id LIMIT 5;

SELECT a, c FROM review_moods AS v(a, b, c) ORDER BY a;

SELECT public.review_moods.id, review_moods.sentiment FROM public.review_moods ORDER BY 1;

-- @replay
SELECT v FROM review_moods v ORDER BY v.id;

SELECT a.id, b.confidence FROM review_moods a JOIN review_moods b ON b.id = a.id + 1 ORDER BY a.id;
