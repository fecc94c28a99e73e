-- searched CASE: only rows that reach the branch
SELECT id, CASE WHEN stars > 3 THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment ELSE 'not asked' END FROM reviews ORDER BY id;

SELECT id, CASE WHEN stars > 3 THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment WHEN stars = 3 THEN (aws_comprehend.detect_sentiment(body, 'fr')).sentiment END AS mood FROM reviews ORDER BY id;

-- the condition is a call
SELECT id, CASE WHEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' THEN 'good' WHEN stars < 2 THEN 'bad' ELSE 'so so' END FROM reviews ORDER BY id;

-- a call in a branch behind a call in a condition
SELECT id, CASE WHEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' THEN aws_sagemaker.invoke_endpoint('class', NULL, id)::int ELSE -1 END FROM reviews ORDER BY id;

-- simple CASE
SELECT id, CASE lang WHEN 'en' THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment WHEN 'fr' THEN (aws_comprehend.detect_sentiment(body, 'fr')).sentiment ELSE 'none' END FROM reviews ORDER BY id;

SELECT id, CASE (aws_comprehend.detect_sentiment(body, 'en')).sentiment WHEN 'POSITIVE' THEN 1 WHEN 'NEGATIVE' THEN -1 ELSE 0 END AS s FROM reviews ORDER BY id;

-- nested CASE
SELECT id, CASE WHEN stars > 2 THEN CASE WHEN lang = 'en' THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment ELSE lang END ELSE 'low' END FROM reviews ORDER BY id;

-- a later branch is reached only when the earlier conditions fail
SELECT id, CASE WHEN stars IS NULL THEN 'none' WHEN 10 / stars > 3 THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment ELSE 'x' END FROM reviews ORDER BY id;

-- a guard against an error in the arguments
SELECT id, CASE WHEN stars <> 1 THEN aws_sagemaker.invoke_endpoint('class', NULL, 10 / (stars - 1)) END AS k FROM reviews ORDER BY id;

-- COALESCE
SELECT id, COALESCE(tags[1], (aws_comprehend.detect_sentiment(body, 'en')).sentiment, 'nothing') FROM reviews ORDER BY id;

SELECT id, COALESCE((aws_comprehend.detect_sentiment(body, 'en')).sentiment, aws_sagemaker.invoke_endpoint('label', NULL, id)) FROM reviews ORDER BY id;

-- AND and OR in the SELECT list
SELECT id, stars > 3 AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' AS both, stars > 3 OR aws_sagemaker.invoke_endpoint('class', NULL, id)::int > 3 AS either FROM reviews ORDER BY id;

-- guarded in one place, always reached in another
SELECT id, CASE WHEN stars > 3 THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment END, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM reviews ORDER BY id;

-- the same call under two guards
SELECT id, CASE WHEN stars > 3 THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment END AS a, CASE WHEN lang = 'en' THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment END AS b FROM reviews ORDER BY id;

-- a guarded call under a predicate
SELECT id, CASE WHEN stars > 3 THEN aws_sagemaker.invoke_endpoint('class', NULL, id) END FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id;

-- guarded in a predicate, used in the SELECT list
-- @sites 2
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE stars > 3 OR (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id;

-- arguments that depend on CASE
SELECT id, (aws_comprehend.detect_sentiment(CASE WHEN stars > 3 THEN body ELSE 'fixed' END, 'en')).sentiment FROM reviews ORDER BY id;

-- CASE in FILTER, in ORDER BY
SELECT count(*) FILTER (WHERE CASE WHEN stars > 3 THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ELSE false END) FROM reviews;

SELECT id FROM reviews ORDER BY CASE WHEN stars > 3 THEN (aws_comprehend.detect_sentiment(body, 'en')).confidence ELSE 0 END NULLS FIRST, id;

-- composites in branches
SELECT id, CASE WHEN stars > 3 THEN aws_comprehend.detect_sentiment(body, 'en') END AS d FROM reviews ORDER BY id;

-- a subquery in a branch beside a call
-- @replay
SELECT id, CASE WHEN stars > 3 THEN (SELECT name FROM products p WHERE p.id = r.product_id) ELSE (aws_comprehend.detect_sentiment(body, 'en')).sentiment END FROM reviews r ORDER BY id;

-- NULLIF and GREATEST evaluate all
SELECT id, GREATEST(aws_sagemaker.invoke_endpoint('class', NULL, id)::int, stars), NULLIF(aws_sagemaker.invoke_endpoint('class', NULL, id)::int, stars) FROM reviews ORDER BY id;

-- a strict wrapper guards its call
SELECT id, strict_mood(body) FROM reviews ORDER BY id;

-- a result that decides whether it is needed in other rows
-- @sites 2
SELECT id, CASE WHEN stars > 3 OR mood_of(body) = 'POSITIVE' THEN mood_of(body) END FROM reviews ORDER BY id;

-- @sites 2
SELECT id, CASE WHEN stars > 1 THEN CASE WHEN mood_of(mood_of(body)) = 'POSITIVE' THEN mood_of(body) END END FROM reviews ORDER BY id;

-- two results, each of which decides about the other
-- @sites 2
SELECT id, CASE WHEN stars > 3 THEN CASE WHEN mood_of(body) = 'MIXED' THEN class_of(id, 1) END END AS a, CASE WHEN lang = 'en' THEN CASE WHEN class_of(id, 1) > 3 THEN mood_of(body) END END AS b FROM reviews ORDER BY id;

-- conditions within conditions: planning takes no time of its own
-- @sites 9
SELECT q.t AS g, round(sum((aws_comprehend.detect_sentiment(COALESCE(mood_of(aws_sagemaker.invoke_endpoint('label', NULL, aws_sagemaker.invoke_endpoint('class', NULL, q.id, q.t)::int, q.t)), CASE WHEN q.t = 'POSITIVE' THEN (q.t || ' ' || q.t) ELSE q.k END), 'en')).confidence)::numeric, 3) AS c1 FROM (SELECT r.id AS id, COALESCE(r.body, CASE WHEN (aws_comprehend.detect_sentiment((aws_comprehend.detect_sentiment(r.body, 'en')).sentiment, 'en')).confidence <= 4 THEN mood_of(r.body) ELSE aws_sagemaker.invoke_endpoint('label', 5, r.stars, r.body) END) AS t, r.stars AS n, r.lang AS k FROM reviews r WHERE r.id <> 1) q GROUP BY 1 HAVING max(q.id) > 10;

-- the predicate that costs fewer calls goes first
SELECT id FROM reviews WHERE mood_of(mood_of(body)) = 'POSITIVE' AND aws_sagemaker.invoke_endpoint('label', NULL, id) = 'nothing';

-- a condition that decides about another call reads a call under two conditions, one of which reads it again
-- @sites 4
SELECT r.id, CASE WHEN (r.id > 1 AND (aws_comprehend.detect_sentiment(r.body, 'en')).confidence > 0) OR upper((aws_comprehend.detect_sentiment(r.body, 'en')).sentiment) <> 'MIXED' THEN (aws_comprehend.detect_sentiment((aws_comprehend.detect_sentiment(r.lang, 'en')).sentiment, 'en')).confidence ELSE r.id END FROM reviews r ORDER BY r.id;

-- a call under a condition, whose argument another condition reads, needed for more rows later
-- @sites 3
-- @calls fewer
SELECT v.id, v.sentiment FROM review_moods v WHERE (COALESCE(v.id, (aws_comprehend.detect_sentiment(v.sentiment, 'en')).confidence) > 0 AND v.id > 1) OR (aws_comprehend.detect_sentiment(upper(v.sentiment || ' ' || (aws_comprehend.detect_sentiment(v.sentiment, 'en')).sentiment), 'en')).confidence <= 1 ORDER BY v.id;

-- a call that is needed always, with an argument that is needed under other conditions the second time
-- @sites 3
WITH c AS (SELECT r.id, (aws_comprehend.detect_sentiment(COALESCE(r.body, aws_sagemaker.invoke_endpoint('label', NULL, CASE WHEN (aws_comprehend.detect_sentiment(r.body, 'fr')).confidence > 0 THEN r.id ELSE r.id END, r.body)), 'en')).sentiment AS t FROM reviews r) SELECT c.id, CASE WHEN c.id > 0 THEN 'x' ELSE COALESCE(c.t, c.t) END, c.t FROM c ORDER BY c.id;
