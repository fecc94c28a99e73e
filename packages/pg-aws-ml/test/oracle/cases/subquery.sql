-- a call in a subquery
SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ORDER BY id;

-- predicates outside go first
SELECT * FROM (SELECT id, stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q WHERE stars > 3 ORDER BY id;

SELECT id FROM (SELECT id, stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q WHERE mood = 'POSITIVE' AND stars > 2 ORDER BY id;

-- a result that nobody reads needs no request
-- @calls fewer
SELECT id FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ORDER BY id;

-- @calls fewer
SELECT count(*) FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q;

-- composite handed up, its fields above
SELECT id, (d).sentiment, (d).confidence FROM (SELECT id, aws_comprehend.detect_sentiment(body, 'en') AS d FROM reviews) q ORDER BY id;

-- @replay
SELECT id, (d).* FROM (SELECT id, aws_comprehend.detect_sentiment(body, 'en') AS d FROM reviews OFFSET 0) q ORDER BY id;

-- OFFSET 0 keeps the subquery apart
SELECT id, mood FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews OFFSET 0) q WHERE mood LIKE 'N%' ORDER BY id;

-- LIMIT inside
SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY id LIMIT 12) q WHERE mood <> 'MIXED' ORDER BY id;

-- LIMIT outside
SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ORDER BY id LIMIT 6;

-- grouping inside
SELECT * FROM (SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, count(*) AS n FROM reviews GROUP BY 1) q WHERE n > 5 ORDER BY mood;

SELECT mood, sum(n) OVER (ORDER BY mood) FROM (SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, count(*) AS n FROM reviews GROUP BY 1) q ORDER BY mood;

-- grouping outside
SELECT mood, count(*), avg(stars) FROM (SELECT stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q GROUP BY mood ORDER BY mood;

-- DISTINCT inside
SELECT count(*) FROM (SELECT DISTINCT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews) q;

-- joined
-- @calls fewer
SELECT q.id, p.name, q.mood FROM (SELECT id, product_id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q JOIN products p ON p.id = q.product_id WHERE p.category = 'tools' ORDER BY q.id;

SELECT p.name, q.mood FROM products p LEFT JOIN (SELECT product_id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews WHERE stars = 5) q ON q.product_id = p.id ORDER BY 1, 2;

-- @calls more
SELECT q.id, m.weight FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q JOIN moods m ON m.name = q.mood ORDER BY q.id;

-- joined by USING on a result
SELECT id, weight FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS name FROM reviews) q JOIN moods USING (name) ORDER BY id;

-- two subqueries joined
SELECT a.id, a.mood, b.mood FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) a JOIN (SELECT id, (aws_comprehend.detect_sentiment(body, 'fr')).sentiment AS mood FROM reviews) b USING (id) ORDER BY a.id;

-- nested subqueries
SELECT id, mood || '!' AS m FROM (SELECT id, mood FROM (SELECT id, stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews WHERE lang = 'en') a WHERE stars > 1) b ORDER BY id;

-- a call on a subquery's result
-- @sites 2
SELECT id, (aws_comprehend.detect_sentiment(mood, 'en')).sentiment FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ORDER BY id;

-- renamed columns
SELECT a, b FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews) AS q(a, b) ORDER BY a;

-- the whole row of a subquery
-- @replay
SELECT q FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ORDER BY q.id;

-- a volatile argument is evaluated once a row
SELECT id, q.mood = q.mood AS same FROM (SELECT id, (aws_comprehend.detect_sentiment('constant', 'en')).sentiment AS mood, random() AS x FROM reviews) q WHERE x >= 0 ORDER BY id;

-- result used twice above
SELECT id, mood, mood || mood AS twice FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q WHERE mood IS NOT NULL ORDER BY mood, id;

-- a call in a scalar subquery
-- @replay
SELECT id, (SELECT (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment) AS mood FROM reviews r ORDER BY id;

-- @replay
SELECT p.id, (SELECT count(*) FROM reviews r WHERE r.product_id = p.id AND (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment = 'POSITIVE') AS n FROM products p ORDER BY p.id;

-- an uncorrelated scalar subquery
-- @replay
SELECT id FROM reviews WHERE stars > (SELECT avg(aws_sagemaker.invoke_endpoint('class', NULL, v1)::int) FROM readings) ORDER BY id;

-- @replay
SELECT ARRAY(SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id) AS moods;

-- a sort inside, an aggregate outside
SELECT string_agg(mood, ',') FROM (SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY id) q;

-- the same alias within and around
-- @calls fewer
SELECT q.id, q.t, max(length(mood_of(q.t))) OVER (ORDER BY q.id) AS m FROM (SELECT q.id, 'fixed' AS t, length(mood_of(q.t)) + q.n AS n FROM (SELECT id, body AS t, stars AS n FROM reviews) q JOIN products p ON p.id = q.id) q ORDER BY q.id;

-- overloads of invoke_endpoint that are new, in a statement of several queries
-- @sites 2
-- @calls fewer
SELECT q.id, p.name, q.t FROM (SELECT r.id, aws_sagemaker.invoke_endpoint('label', NULL, (aws_comprehend.detect_sentiment(r.body, 'en')).confidence, x.due, r.grade) AS t FROM reviews r LEFT JOIN tickets x ON x.review_id = r.id ORDER BY r.id LIMIT 30) q JOIN products p ON p.id = q.id ORDER BY q.id;

-- predicates go below what the subquery does
SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q WHERE id < 5 ORDER BY id, mood;

SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION SELECT id, 'x' FROM products) q WHERE q.id IN (2, 3, NULL) ORDER BY id, mood;

SELECT * FROM (SELECT 'live' AS source, id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT 'stored', id, name FROM products) q WHERE source = 'stored' AND id > 1 ORDER BY id;

SELECT * FROM (SELECT 'live' AS source, id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT name, id, name FROM products) q WHERE source LIKE 'l%' AND id BETWEEN 3 AND 6 ORDER BY id, mood;

SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews INTERSECT SELECT id, 'POSITIVE' FROM reviews) q WHERE id > 3 ORDER BY id;

-- not below EXCEPT
SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews EXCEPT SELECT id, 'POSITIVE' FROM reviews) q WHERE id > 3 ORDER BY id;

SELECT * FROM (SELECT stars AS s, max((aws_comprehend.detect_sentiment(body, 'en')).confidence) AS c FROM reviews GROUP BY stars HAVING count(*) > 1) q WHERE s >= 3 AND c > 0 ORDER BY s;

SELECT * FROM (SELECT r.stars % 2 AS odd, count(*) FILTER (WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') AS n FROM reviews r GROUP BY r.stars % 2) q WHERE odd = 1;

SELECT * FROM (SELECT stars, id, rank() OVER (PARTITION BY stars ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence, id) AS r FROM reviews) q WHERE stars = 4 AND r <= 2 ORDER BY id;

-- not below a window with other partitions
SELECT * FROM (SELECT stars, id, rank() OVER (ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence, id) AS r FROM reviews) q WHERE stars = 4 ORDER BY id;

SELECT * FROM (SELECT DISTINCT ON (stars) stars, id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY stars, id) q WHERE stars > 2 ORDER BY stars;

-- not below DISTINCT ON of another column
-- @calls fewer
SELECT * FROM (SELECT DISTINCT ON (stars) stars, id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY stars, id) q WHERE id > 2 ORDER BY stars;

SELECT * FROM (SELECT * FROM (SELECT DISTINCT id, stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) a WHERE stars > 1) b WHERE b.id < 9 ORDER BY id;

SELECT p.name, q.mood FROM products p LEFT JOIN (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ON q.id = p.id WHERE q.id IS NULL OR q.id < 3 ORDER BY 1, 2;

SELECT q.id, q.mood, p.name FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY id) q LEFT JOIN products p ON q.id = p.id WHERE q.id < 4 AND EXISTS (SELECT FROM products o WHERE o.id = q.id) ORDER BY 1;

-- constants and casts beside columns of other types
SELECT * FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT 2.5, name FROM products) q WHERE id / 2 = 1 ORDER BY id, mood;

-- a LIMIT in a subquery of WHERE
SELECT name FROM products WHERE id IN (SELECT product_id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' ORDER BY id LIMIT 4) ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE id = (SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id OFFSET 2 LIMIT 1) AND stars IS NOT NULL;

SELECT name FROM products WHERE id NOT IN (SELECT product_id FROM reviews WHERE product_id IS NOT NULL AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 3) AND NOT EXISTS (SELECT FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'nothing' AND id < 9 LIMIT 1) ORDER BY id;

WITH good AS (SELECT * FROM reviews WHERE stars > 2) SELECT name FROM products WHERE id IN (SELECT product_id FROM good WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 5) AND id IN (SELECT product_id FROM good) ORDER BY id;

SELECT id FROM reviews WHERE (stars, product_id) IN (SELECT stars, product_id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 3) ORDER BY id;

-- what follows from a join
SELECT p.name, q.mood FROM products p JOIN (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q ON q.id = p.id WHERE p.id = 3 ORDER BY q.mood;

SELECT p.name, q.mood FROM products p, reviews r, (SELECT DISTINCT product_id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q WHERE q.product_id = p.id AND r.id = p.id AND 5 = r.id ORDER BY q.mood;

SELECT t.subject, q.mood FROM tickets t JOIN (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q ON q.id = t.id WHERE t.id = 3;

SELECT q.id, p.name FROM (SELECT DISTINCT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews WHERE id < 6) q LEFT JOIN products p ON q.id = p.id AND p.id = 3 ORDER BY q.id;

-- what nobody reads
-- @calls fewer
SELECT count(*) FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT id, name FROM products) q;

-- @calls fewer
SELECT s, n FROM (SELECT stars AS s, count(*) AS n, max((aws_comprehend.detect_sentiment(body, 'en')).sentiment) AS mood FROM reviews GROUP BY stars) q ORDER BY s;

SELECT count(*) FROM (SELECT max((aws_comprehend.detect_sentiment(body, 'en')).sentiment) AS mood FROM reviews) q;

SELECT id FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY 2, 1 LIMIT 7) q ORDER BY id;

SELECT count(*) FROM (SELECT DISTINCT stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) q;

SELECT id FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).confidence AS c FROM reviews UNION ALL SELECT id, (aws_comprehend.detect_sentiment(name, 'en')).confidence FROM products UNION ALL SELECT id, price FROM products) q ORDER BY id;

-- @calls fewer
SELECT p.name FROM products p JOIN (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS name, row_number() OVER (ORDER BY id) AS n FROM reviews) q USING (id) WHERE q.n <> 5 ORDER BY 1;

SELECT q IS NULL, q.id FROM (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, row_number() OVER (ORDER BY id) AS n FROM reviews) q WHERE q.n <> 5 ORDER BY q.id;

-- a column of its own has the name of an output that is lifted
SELECT (SELECT max(n.k) FROM (SELECT 1 AS k, 'POSITIVE' AS mood) n WHERE mood = 'POSITIVE' AND q.id > 4) AS k, q.mood FROM (SELECT id, mood_of(body) AS mood FROM reviews WHERE id < 9) q ORDER BY q.id;
