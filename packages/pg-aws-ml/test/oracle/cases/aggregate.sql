-- grouped by a result
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment, count(*) FROM reviews GROUP BY 1 ORDER BY 1;

SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, count(*), avg(stars) FROM reviews GROUP BY mood ORDER BY mood;

SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, count(*) FROM reviews GROUP BY (aws_comprehend.detect_sentiment(body, 'en')).sentiment ORDER BY count(*) DESC, 1;

-- an alias that is also a column: the column groups
SELECT lower(lang) AS lang, count(*) FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).confidence > 0.4 GROUP BY lang ORDER BY 1;

-- grouped by a composite
SELECT aws_comprehend.detect_sentiment(body, 'en') AS s, count(*) FROM reviews GROUP BY 1;

-- grouped by a column and a result
SELECT lang, (aws_comprehend.detect_sentiment(body, lang)).sentiment AS mood, count(*), min(id), max(id) FROM reviews GROUP BY lang, mood ORDER BY lang, mood;

-- grouped by an expression over a result
SELECT left((aws_comprehend.detect_sentiment(body, 'en')).sentiment, 1) AS initial, count(*) FROM reviews GROUP BY left((aws_comprehend.detect_sentiment(body, 'en')).sentiment, 1) ORDER BY 1;

-- aggregates of results
SELECT sum((aws_comprehend.detect_sentiment(body, 'en')).confidence), min((aws_comprehend.detect_sentiment(body, 'en')).sentiment), max((aws_comprehend.detect_sentiment(body, 'en')).sentiment), count((aws_comprehend.detect_sentiment(body, 'en')).sentiment), count(*) FROM reviews;

SELECT lang, avg(aws_sagemaker.invoke_endpoint('score', NULL, stars, id)::numeric) AS score FROM reviews GROUP BY lang ORDER BY lang;

-- the reference's average plus three standard deviations
SELECT avg(class_of(v1, v2)) + 3 * stddev(class_of(v1, v2)) AS threshold FROM readings;

-- FILTER
SELECT count(*) FILTER (WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') AS positive, count(*) FILTER (WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NEGATIVE') AS negative, count(*) FROM reviews;

-- only rows that pass the filter are sent
SELECT sum(aws_sagemaker.invoke_endpoint('class', NULL, id)::int) FILTER (WHERE stars > 3), count(*) FROM reviews;

SELECT lang, count(*) FILTER (WHERE stars > 3 AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') FROM reviews GROUP BY lang ORDER BY lang;

-- DISTINCT and ORDER BY inside aggregates
SELECT count(DISTINCT (aws_comprehend.detect_sentiment(body, 'en')).sentiment), string_agg((aws_comprehend.detect_sentiment(body, 'en')).sentiment, ',' ORDER BY id), string_agg(DISTINCT (aws_comprehend.detect_sentiment(body, 'en')).sentiment, '/') FROM reviews;

SELECT array_agg(id ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence DESC NULLS LAST, id) FROM reviews;

-- HAVING over aggregates of results
SELECT lang, avg((aws_comprehend.detect_sentiment(body, 'en')).confidence) FROM reviews GROUP BY lang HAVING avg((aws_comprehend.detect_sentiment(body, 'en')).confidence) > 0.1 AND count(*) > 3 ORDER BY lang;

-- HAVING over the grouped result
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, count(*) FROM reviews GROUP BY mood HAVING count(*) > 5 ORDER BY mood;

SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, count(*) FROM reviews GROUP BY 1 HAVING (aws_comprehend.detect_sentiment(body, 'en')).sentiment <> 'MIXED' ORDER BY mood;

-- a call over what the groups give
SELECT lang, (aws_comprehend.detect_sentiment(string_agg(body, ' ' ORDER BY id), 'en')).sentiment FROM reviews GROUP BY lang ORDER BY lang;

SELECT product_id, aws_sagemaker.invoke_endpoint('class', NULL, product_id, count(*), max(stars)) AS k FROM reviews GROUP BY product_id ORDER BY product_id;

SELECT product_id, (aws_comprehend.detect_sentiment(string_agg(body, ' ' ORDER BY id), 'en')).* FROM reviews WHERE stars > 1 GROUP BY product_id HAVING count(*) > 2 ORDER BY product_id;

-- HAVING with a call over what the groups give: only groups that pass the cheap part
SELECT product_id, count(*) FROM reviews GROUP BY product_id HAVING count(*) > 6 AND aws_sagemaker.invoke_endpoint('class', NULL, product_id)::int > 1 ORDER BY product_id;

-- calls below and above the grouping
-- @sites 2
SELECT lang, (aws_comprehend.detect_sentiment(string_agg((aws_comprehend.detect_sentiment(body, 'en')).sentiment, ' ' ORDER BY id), 'en')).sentiment FROM reviews GROUP BY lang ORDER BY lang;

SELECT lang, sum((aws_comprehend.detect_sentiment(body, 'en')).confidence) AS c, aws_sagemaker.invoke_endpoint('label', NULL, lang) AS l FROM reviews GROUP BY lang ORDER BY lang;

-- sorted by an aggregate of a result
SELECT lang FROM reviews GROUP BY lang ORDER BY sum((aws_comprehend.detect_sentiment(body, 'en')).confidence) DESC, lang;

-- sorted by a call over a group
SELECT product_id, count(*) FROM reviews GROUP BY product_id ORDER BY aws_sagemaker.invoke_endpoint('class', NULL, product_id)::int, product_id NULLS FIRST;

-- LIMIT over groups
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, count(*) FROM reviews GROUP BY mood ORDER BY count(*) DESC, mood LIMIT 2;

SELECT product_id, aws_sagemaker.invoke_endpoint('class', NULL, product_id, count(*)) AS k FROM reviews GROUP BY product_id ORDER BY product_id LIMIT 3;

-- no rows: aggregates still give one
SELECT count(*), sum((aws_comprehend.detect_sentiment(body, 'en')).confidence) FROM reviews WHERE false;

SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment, count(*) FROM empty_reviews GROUP BY 1;

-- aggregates over a predicate
SELECT count(*) FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE';

SELECT lang, count(*), sum(stars) FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' AND stars > 1 GROUP BY lang ORDER BY lang;

-- ordered-set aggregates, boolean aggregates
SELECT mode() WITHIN GROUP (ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).sentiment), percentile_disc(0.5) WITHIN GROUP (ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence) FROM reviews;

SELECT bool_or((aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'MIXED'), every((aws_comprehend.detect_sentiment(body, 'en')).confidence < 1) FROM reviews;

-- GROUPING SETS over a column, the call in an aggregate
SELECT lang, stars, count(*), sum(aws_sagemaker.invoke_endpoint('class', NULL, id)::int) FROM reviews GROUP BY ROLLUP (lang, stars) ORDER BY 1, 2, 3;

-- GROUPING SETS over a result
SELECT lang, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood, count(*), grouping(lang) FROM reviews GROUP BY CUBE (lang, (aws_comprehend.detect_sentiment(body, 'en')).sentiment) ORDER BY 1, 2, 3, 4;

-- an expression over a grouped column beside calls
SELECT upper(lang) AS l, lang || '-' || max((aws_comprehend.detect_sentiment(body, 'en')).sentiment) FROM reviews GROUP BY lang ORDER BY lang;

-- grouped by the primary key: other columns are functionally dependent
SELECT r.id, r.body, count(t.id), (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment FROM reviews r LEFT JOIN tickets t ON t.review_id = r.id GROUP BY r.id ORDER BY r.id;

-- joins under grouping
SELECT p.category, count(*), min((aws_comprehend.detect_sentiment(r.body, 'en')).sentiment) FROM reviews r JOIN products p ON p.id = r.product_id GROUP BY p.category ORDER BY p.category;

-- CASE in an aggregate
SELECT sum(CASE WHEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' THEN 1 ELSE 0 END) AS n, sum(CASE WHEN stars > 3 THEN aws_sagemaker.invoke_endpoint('class', NULL, id)::int END) AS s FROM reviews;

-- a constant that groups
SELECT 'all' AS g, 5 AS five, max(mood_of(body)) FROM reviews GROUP BY 1, 2;

-- a call whose own condition reads it
-- @sites 2
SELECT min((aws_comprehend.detect_sentiment(body, 'en')).confidence) FILTER (WHERE stars > 3 AND (class_of(id, 1) > 2 OR COALESCE(stars, class_of(id, length((aws_comprehend.detect_sentiment(body, 'en')).sentiment))) <> 5)) FROM reviews;

-- SQL/JSON's aggregates
-- @replay
SELECT lang, JSON_ARRAYAGG(mood_of(body) ORDER BY id) AS moods, JSON_OBJECTAGG(id: mood_of(body)) AS by_id FROM reviews WHERE id < 20 GROUP BY lang ORDER BY lang;

-- @replay
SELECT JSON_ARRAYAGG(mood_of(body) ORDER BY id) FROM reviews;
