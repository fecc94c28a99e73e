-- an ML predicate
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id;

-- beside a cheap predicate
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' AND stars > 2 ORDER BY id;

SELECT id, body FROM reviews WHERE stars > 2 AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' AND lang = 'en' ORDER BY id;

-- the call of the predicate in the SELECT list
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).confidence > 0.5 ORDER BY id;

-- another call in the SELECT list sees the rows that survive
SELECT id, aws_sagemaker.invoke_endpoint('class', NULL, id, stars) FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id;

-- two ML predicates: the second sees what the first leaves
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' AND aws_sagemaker.invoke_endpoint('class', NULL, id)::int > 2 ORDER BY id;

-- @sites 2
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' AND (aws_comprehend.detect_sentiment(lang || body, 'en')).sentiment <> 'MIXED' ORDER BY id;

-- two calls in one predicate
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = (aws_comprehend.detect_sentiment(body, 'fr')).sentiment ORDER BY id;

-- OR: the call only where the cheap side is not true
SELECT id FROM reviews WHERE stars = 5 OR (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id;

SELECT id FROM reviews WHERE (stars = 5 OR (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') AND lang <> 'de' ORDER BY id;

-- NOT
SELECT id FROM reviews WHERE NOT ((aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') ORDER BY id;

SELECT id FROM reviews WHERE NOT (stars > 2 AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') ORDER BY id;

-- NULL results
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment IS NULL ORDER BY id;

SELECT id FROM reviews WHERE aws_comprehend.detect_sentiment(body, 'en') IS NOT NULL ORDER BY id;

-- IN, BETWEEN, LIKE
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, lang)).sentiment IN ('POSITIVE', 'MIXED') AND id BETWEEN 5 AND 40 ORDER BY id;

-- @calls fewer
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).confidence BETWEEN 0.4 AND 0.7 ORDER BY id;

SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment LIKE 'N%' ORDER BY id;

-- a cheap predicate with a subquery
-- @calls fewer
SELECT id FROM reviews r WHERE product_id IN (SELECT id FROM products WHERE category = 'kitchen') AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id;

SELECT id FROM reviews r WHERE EXISTS (SELECT 1 FROM tickets t WHERE t.review_id = r.id) AND (aws_comprehend.detect_sentiment(body, 'en')).confidence > 0.5 ORDER BY id;

-- a correlated subquery beside, in the SELECT list
SELECT id, (SELECT count(*) FROM tickets t WHERE t.review_id = r.id) FROM reviews r WHERE (aws_comprehend.detect_sentiment(body, 'en')).confidence > 0.5 ORDER BY id;

-- a result compared with a column
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).confidence * 5 > stars ORDER BY id;

-- a result compared with a subquery's value
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).confidence > (SELECT avg(weight) / 5 FROM products) ORDER BY id;

-- nothing survives
SELECT id, aws_sagemaker.invoke_endpoint('class', NULL, id) FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'NONE';

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE false;

-- a predicate on a constant call
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment('constant', 'en')).sentiment <> 'x' ORDER BY id;

-- an expression that fails for rows that the ML predicate drops
SELECT id, 10 / (stars - 1) AS q FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'nothing' ORDER BY id;

-- wrappers in predicates
SELECT id FROM reviews WHERE mood_of(body) = 'POSITIVE' AND stars < 4 ORDER BY id;

SELECT id FROM readings WHERE class_of(v1, v2) > 2 AND ok ORDER BY id;

-- boolean results
SELECT id FROM readings WHERE (aws_sagemaker.invoke_endpoint('class', NULL, v1)::int > 3) IS NOT FALSE ORDER BY id;

-- a predicate with CASE
SELECT id FROM reviews WHERE CASE WHEN stars > 3 THEN (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ELSE lang = 'fr' END ORDER BY id;

-- a result IN a table
-- @replay
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment IN (SELECT name FROM moods WHERE weight > 0) ORDER BY id;

-- an ML call in a subquery of a predicate
-- @replay
-- @sites 2
SELECT id FROM products p WHERE EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = p.id AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') ORDER BY id;

-- @replay
-- @sites 2
SELECT id FROM reviews WHERE id IN (SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') ORDER BY id;

-- arrays of wanted moods
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = ANY ('{POSITIVE,NEGATIVE}'::text[]) ORDER BY id;

-- embeddings in a predicate
SELECT id FROM reviews WHERE (aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', 'embedding', body))[1] > 0 AND id < 20 ORDER BY id;
