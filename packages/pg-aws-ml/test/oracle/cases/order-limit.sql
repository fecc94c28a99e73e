-- sorted by a result
SELECT id FROM reviews ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence DESC NULLS LAST, id;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY mood, id;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY 2 DESC, 1;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment || lang AS k FROM reviews ORDER BY k COLLATE "C" DESC, id DESC;

-- sorted by a column that is not in the SELECT list
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY stars DESC NULLS FIRST, id;

SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY length(body) + stars, id;

-- an output name that hides a column
SELECT id AS stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY stars;

-- LIMIT goes below
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id LIMIT 10;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id DESC LIMIT 10 OFFSET 20;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY stars DESC NULLS LAST, id OFFSET 60;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id FETCH FIRST 3 ROWS ONLY;

SELECT id, stars, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY stars FETCH FIRST 3 ROWS WITH TIES;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id LIMIT 0;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id LIMIT ALL;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id LIMIT (SELECT count(*) FROM products);

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id LIMIT NULL OFFSET NULL;

-- LIMIT without ORDER BY
-- @any-rows
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews LIMIT 10;

-- LIMIT over a sort by a result needs all
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).confidence AS c FROM reviews ORDER BY c DESC NULLS LAST, id LIMIT 5;

SELECT id FROM reviews ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence NULLS FIRST, id LIMIT 5 OFFSET 2;

-- only the rows under the LIMIT get the other calls
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).confidence AS c, aws_sagemaker.invoke_endpoint('class', NULL, id) AS k FROM reviews WHERE id < 20 ORDER BY id LIMIT 5;

-- LIMIT over an ML predicate
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment <> 'MIXED' ORDER BY id LIMIT 5;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).confidence > 0.4 ORDER BY id LIMIT 5 OFFSET 3;

-- @any-rows
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' LIMIT 2;

SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 0;

SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id OFFSET 4;

SELECT id, upper(lang) FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY stars NULLS LAST, id LIMIT 4;

-- a sort key computed over a result
SELECT id FROM reviews ORDER BY CASE (aws_comprehend.detect_sentiment(body, 'en')).sentiment WHEN 'POSITIVE' THEN 1 WHEN 'NEGATIVE' THEN 2 ELSE 3 END, id;

-- nearest to a constant embedding
SELECT id FROM reviews WHERE id < 30 ORDER BY abs(stars - (aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', 'embedding', 'query'))[1]), id LIMIT 5;

-- DISTINCT
SELECT DISTINCT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews;

SELECT DISTINCT lang, (aws_comprehend.detect_sentiment(body, lang)).sentiment AS mood FROM reviews ORDER BY mood DESC, lang;

SELECT DISTINCT aws_comprehend.detect_sentiment(body, 'en') FROM reviews;

SELECT DISTINCT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews ORDER BY mood LIMIT 2;

-- DISTINCT ON
SELECT DISTINCT ON (lang) lang, id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY lang, id DESC;

SELECT DISTINCT ON ((aws_comprehend.detect_sentiment(body, 'en')).sentiment) (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, id FROM reviews ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).sentiment, id;

SELECT DISTINCT ON (mood) (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, id FROM reviews ORDER BY mood, id;

-- row locks
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE id < 5 ORDER BY id FOR UPDATE;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE id < 5 ORDER BY id LIMIT 2 FOR UPDATE SKIP LOCKED;

-- @replay
SELECT id FROM reviews WHERE id < 20 AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id FOR UPDATE;

-- ties under an ML sort key
-- @replay
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews WHERE id < 30 ORDER BY mood FETCH FIRST 3 ROWS WITH TIES;

-- the LIMIT itself is a call
-- @replay
SELECT id FROM reviews ORDER BY id LIMIT (SELECT aws_sagemaker.invoke_endpoint('class', NULL, 3)::int);

-- a constant that sorts
SELECT 3 AS three, id, mood_of(body) FROM reviews ORDER BY 1, 3, 2;

SELECT 'x' AS x, id, mood_of(body) FROM reviews ORDER BY x, mood_of(body), id;

-- a limit that ML predicates decide, in subqueries
SELECT count(*) FROM (SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 3 OFFSET 1) AS s;

SELECT s.id, r.body FROM (SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' ORDER BY id DESC LIMIT 4) AS s JOIN reviews AS r USING (id) ORDER BY id;

(SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 2) UNION ALL (SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE' ORDER BY id LIMIT 2) ORDER BY id;

SELECT count(*) FROM (SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id LIMIT 0) AS s;

-- other calls beside an ML sort key are made for the rows that the LIMIT keeps
-- @calls more
SELECT id, aws_sagemaker.invoke_endpoint('class', 5, id, stars) AS c, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE stars > 1 ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence DESC, id LIMIT 7;

SELECT aws_sagemaker.invoke_endpoint('class', 5, id, stars) AS c, (aws_comprehend.detect_sentiment(body, 'en')).confidence AS d, id + 1 AS next FROM reviews ORDER BY d, next LIMIT 5 OFFSET 3;

WITH r AS (SELECT * FROM reviews WHERE id > 4) SELECT r.id, aws_sagemaker.invoke_endpoint('echo', NULL, r.body) AS e, (SELECT count(*) FROM r) AS n FROM r ORDER BY aws_sagemaker.invoke_endpoint('class', 5, r.id, r.stars)::int NULLS FIRST, r.id DESC FETCH FIRST 4 ROWS ONLY;
