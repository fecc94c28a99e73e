WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) SELECT * FROM s ORDER BY id;

WITH s AS (SELECT id, aws_comprehend.detect_sentiment(body, 'en') AS d FROM reviews) SELECT id, (d).sentiment, (d).confidence FROM s WHERE (d).confidence > 0.4 ORDER BY id;

-- used twice
WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) SELECT a.id, b.id FROM s a JOIN s b ON a.mood = b.mood AND b.id = a.id + 1 ORDER BY a.id;

WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) SELECT mood, count(*), count(*)::numeric / (SELECT count(*) FROM s) AS share FROM s GROUP BY mood ORDER BY mood;

-- not used
WITH s AS (SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews) SELECT id FROM products ORDER BY id;

-- MATERIALIZED, NOT MATERIALIZED
WITH s AS MATERIALIZED (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews WHERE id < 30) SELECT * FROM s ORDER BY id;

-- @calls fewer
WITH s AS NOT MATERIALIZED (SELECT id, stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) SELECT id, mood FROM s WHERE stars > 3 ORDER BY id;

-- named columns
WITH s(a, b) AS (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews) SELECT b, a FROM s ORDER BY a;

-- one on another
WITH s AS (SELECT id, product_id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews), c AS (SELECT product_id, mood, count(*) AS n FROM s GROUP BY 1, 2) SELECT p.name, c.mood, c.n FROM c JOIN products p ON p.id = c.product_id ORDER BY 1, 2;

-- @sites 2
WITH a AS (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews), b AS (SELECT id, (aws_comprehend.detect_sentiment(mood, 'en')).sentiment AS mood2 FROM a) SELECT * FROM b ORDER BY id;

-- without calls, below a call
WITH picked AS (SELECT id, body FROM reviews WHERE stars > 3 ORDER BY id LIMIT 9) SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM picked ORDER BY id;

WITH picked AS (SELECT id, body FROM reviews WHERE stars > 3) SELECT a.id, (aws_comprehend.detect_sentiment(a.body, 'en')).sentiment FROM picked a, picked b WHERE a.id = b.id ORDER BY a.id;

-- a name that hides a table
WITH reviews AS (SELECT id, name AS body FROM products) SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id;

-- in a subquery
SELECT * FROM (WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) SELECT id, mood FROM s WHERE mood = 'POSITIVE') q ORDER BY id;

-- recursion without calls
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i, aws_sagemaker.invoke_endpoint('class', NULL, i) FROM n ORDER BY i;

-- recursion with a call
-- @replay
-- @sites 6
WITH RECURSIVE n(i, k) AS (SELECT 1, '0'::varchar UNION ALL SELECT i + 1, aws_sagemaker.invoke_endpoint('class', NULL, i, k) FROM n WHERE i < 5) SELECT * FROM n ORDER BY i;

-- recursion whose inputs are made of results: none is made of a missing one
-- @replay
-- @sites 6
WITH RECURSIVE n(i, k) AS (SELECT 1, '0'::text UNION ALL SELECT i + 1, coalesce(aws_sagemaker.invoke_endpoint('class', NULL, i, concat('after ', k)), 'none') FROM n WHERE i < 5) SELECT * FROM n ORDER BY i;

-- writing
-- @replay
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
WITH w AS (INSERT INTO scored (id, mood) SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews RETURNING id, mood) SELECT mood, count(*) FROM w GROUP BY mood ORDER BY 1;

-- @replay
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews), w AS (INSERT INTO scored (id, mood) SELECT * FROM s RETURNING id) SELECT count(*) FROM w;

-- read by the queries below a grouping
-- @sites 2
WITH c AS (SELECT id, body, lang FROM reviews ORDER BY id LIMIT 20) SELECT lang, mood_of(max(body)) AS a, count(DISTINCT mood_of(body)) AS b FROM c GROUP BY lang ORDER BY lang;

-- read by the arms of a set operation
-- @sites 2
WITH c AS (SELECT id, body FROM reviews WHERE stars > 2) SELECT id, mood_of(body) FROM c WHERE id < 9 UNION ALL SELECT id, mood_of(body) FROM c WHERE id > 50 ORDER BY id;

-- read by another one that is read twice
WITH c AS (SELECT id, body FROM reviews WHERE stars > 2), m AS (SELECT id, mood_of(body) AS mood FROM c) SELECT a.id, b.mood FROM m a JOIN m b ON b.id = a.id ORDER BY a.id;

-- another of its name stands further inside
WITH c AS (SELECT id, mood_of(body) AS mood FROM reviews) SELECT x.id FROM (WITH c AS (SELECT 5 AS id) SELECT id FROM c) x;

-- it has the name of the table that it reads
WITH reviews AS (SELECT id, mood_of(body) AS mood FROM reviews WHERE id < 9) SELECT id, mood FROM reviews ORDER BY id;

-- it is used where its table's name means something else
-- @replay
WITH c AS (SELECT id, mood_of(body) AS mood FROM reviews WHERE id < 9) SELECT x.mood FROM (WITH reviews AS (SELECT 5 AS id) SELECT c.mood FROM c JOIN reviews r ON r.id = c.id) x;
