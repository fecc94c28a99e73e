-- constants only
SELECT sentiment FROM aws_comprehend.detect_sentiment('This is great', 'en');

SELECT * FROM aws_comprehend.detect_sentiment('This is great', 'en');

SELECT s.* FROM aws_comprehend.detect_sentiment('This is great', 'en') AS s(mood, sure);

SELECT * FROM aws_sagemaker.invoke_endpoint('class', NULL, 1, 2.5);

SELECT k FROM aws_sagemaker.invoke_endpoint('class', NULL, 'x') AS k;

-- lateral without the word
SELECT r.id, s.sentiment, s.confidence FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') AS s ORDER BY r.id;

SELECT r.id, s.* FROM reviews r, LATERAL aws_comprehend.detect_sentiment(r.body, r.lang) s ORDER BY r.id;

SELECT * FROM reviews r CROSS JOIN LATERAL aws_comprehend.detect_sentiment(r.body, 'en') ORDER BY id;

SELECT r.id, detect_sentiment FROM reviews r CROSS JOIN aws_comprehend.detect_sentiment(r.body, 'en') ORDER BY r.id;

SELECT r.id, s FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') s ORDER BY r.id;

-- LEFT JOIN LATERAL … ON true
SELECT r.id, s.sentiment FROM reviews r LEFT JOIN LATERAL aws_comprehend.detect_sentiment(r.body, 'en') s ON true ORDER BY r.id;

-- LEFT JOIN LATERAL with a condition
-- @replay
SELECT r.id, s.sentiment FROM reviews r LEFT JOIN LATERAL aws_comprehend.detect_sentiment(r.body, 'en') s ON s.confidence > 0.5 ORDER BY r.id;

-- JOIN … ON with a predicate over the result
SELECT r.id, s.sentiment FROM reviews r JOIN LATERAL aws_comprehend.detect_sentiment(r.body, 'en') s ON s.confidence > 0.5 ORDER BY r.id;

-- predicates over the result
SELECT r.id FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') s WHERE s.sentiment = 'POSITIVE' AND r.stars > 2 ORDER BY r.id;

-- renamed columns
SELECT r.id, s.mood FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') AS s(mood, sure) WHERE s.sure > 0.4 ORDER BY s.sure, r.id;

SELECT r.id, mood, sure FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') AS s(mood, sure) ORDER BY r.id;

-- a call on another's result
SELECT r.id, k.model_output FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') s, aws_sagemaker.invoke_endpoint('class', NULL, s.sentiment, r.stars) k ORDER BY r.id;

SELECT r.id, k FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') s, aws_sagemaker.invoke_endpoint('class', NULL, s.sentiment) AS k ORDER BY r.id;

-- joined to other tables
SELECT r.id, p.name, s.sentiment FROM reviews r JOIN products p ON p.id = r.product_id, aws_comprehend.detect_sentiment(r.body, 'en') s WHERE p.category = 'home' ORDER BY r.id;

SELECT p.name, s.sentiment FROM products p LEFT JOIN reviews r ON r.product_id = p.id AND r.stars = 5 CROSS JOIN LATERAL aws_comprehend.detect_sentiment(r.body, 'en') s ORDER BY p.id, r.id;

-- @calls more
SELECT r.id, m.weight FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') s JOIN moods m ON m.name = s.sentiment ORDER BY r.id;

-- @replay
SELECT r.id, m.weight FROM reviews r CROSS JOIN LATERAL aws_comprehend.detect_sentiment(r.body, 'en') s LEFT JOIN moods m ON m.name = s.sentiment ORDER BY r.id;

-- grouped by the result's column
SELECT s.sentiment, count(*) FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') s GROUP BY s.sentiment ORDER BY 2 DESC, 1;

SELECT sentiment, count(*), avg(confidence) FROM reviews, aws_comprehend.detect_sentiment(body, lang) GROUP BY sentiment ORDER BY 1;

-- WITH ORDINALITY
-- @replay
SELECT r.id, s.* FROM reviews r, aws_comprehend.detect_sentiment(r.body, 'en') WITH ORDINALITY AS s(a, b, n) ORDER BY r.id;

-- ROWS FROM
SELECT r.id, s.* FROM reviews r, ROWS FROM (aws_comprehend.detect_sentiment(r.body, 'en'), aws_sagemaker.invoke_endpoint('class', NULL, r.id)) AS s(a, b, c) ORDER BY r.id;

-- @replay
SELECT r.id, s.* FROM reviews r, ROWS FROM (aws_comprehend.detect_sentiment(r.body, 'en'), generate_series(1, 2)) AS s(a, b, c) WHERE id < 10 ORDER BY r.id, c;

-- VALUES
SELECT t, (aws_comprehend.detect_sentiment(t, 'en')).sentiment FROM (VALUES ('good'), ('bad'), (NULL), ('good')) AS v(t);

-- a call inside a VALUES list
-- @replay
SELECT * FROM (VALUES ('a', (aws_comprehend.detect_sentiment('good', 'en')).sentiment), ('b', 'none')) AS v(k, mood);

-- functions in FROM
SELECT n, aws_sagemaker.invoke_endpoint('class', NULL, n) FROM generate_series(1, 30) AS n ORDER BY n;

SELECT r.id, t, (aws_comprehend.detect_sentiment(t, 'en')).sentiment FROM reviews r, unnest(r.tags) AS t ORDER BY r.id, t;

SELECT id, t.n, t.tag, (aws_comprehend.detect_sentiment(t.tag, 'en')).sentiment FROM reviews, unnest(tags) WITH ORDINALITY AS t(tag, n) ORDER BY id, n;

-- a call as an argument of a function in FROM
-- @replay
SELECT r.id, c FROM reviews r, regexp_split_to_table((aws_comprehend.detect_sentiment(r.body, 'en')).sentiment, 'I') AS c WHERE id < 10 ORDER BY r.id, c;

-- TABLESAMPLE
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews TABLESAMPLE SYSTEM (100) ORDER BY id;

-- system columns, ONLY
SELECT tableoid::regclass::text, id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM ONLY public.reviews ORDER BY id;
