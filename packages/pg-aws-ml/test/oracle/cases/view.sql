SELECT * FROM review_moods ORDER BY id;

-- @calls fewer
SELECT id, sentiment FROM review_moods WHERE id < 20 ORDER BY id;

-- a column that nobody reads needs no request
-- @calls fewer
SELECT count(*) FROM review_moods;

-- @calls fewer
SELECT id FROM review_moods WHERE sentiment = 'POSITIVE' AND product_id = 3 ORDER BY id;

-- @calls fewer
SELECT * FROM happy_reviews ORDER BY confidence, id;

-- @calls fewer
SELECT p.name, count(*) FROM happy_reviews h JOIN products p ON p.id = h.product_id GROUP BY p.name ORDER BY 1;

-- @calls fewer
SELECT * FROM product_moods ORDER BY name, sentiment;

-- @calls fewer
SELECT name, sum(n) FROM product_moods WHERE sentiment <> 'MIXED' GROUP BY name ORDER BY name;

SELECT v.id, v.sentiment FROM review_moods AS v ORDER BY v.id LIMIT 5;

-- @calls fewer
SELECT a, c FROM review_moods AS v(a, b, c) ORDER BY a;

-- @calls fewer
SELECT public.review_moods.id, review_moods.sentiment FROM public.review_moods ORDER BY 1;

-- @replay
SELECT v FROM review_moods v ORDER BY v.id;

-- @calls fewer
SELECT a.id, b.confidence FROM review_moods a JOIN review_moods b ON b.id = a.id + 1 ORDER BY a.id;
