-- a bare call is a composite named after the function
SELECT id, aws_comprehend.detect_sentiment(body, 'en') FROM reviews;

-- both fields of a call are one call
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM reviews ORDER BY id;

-- the star of a call
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM reviews;

SELECT aws_comprehend.detect_sentiment(body, lang) FROM reviews ORDER BY id;

SELECT (aws_comprehend.detect_sentiment(body, lang)).sentiment FROM reviews ORDER BY id;

-- an alias
SELECT r.id AS "Review", (aws_comprehend.detect_sentiment(r.body, r.lang)).sentiment AS "Mood, of it" FROM reviews AS r ORDER BY r.id;

-- stars beside a call
SELECT *, (aws_comprehend.detect_sentiment(body, lang)).sentiment FROM reviews ORDER BY id;

SELECT r.*, p.*, (aws_comprehend.detect_sentiment(r.body, 'en')).confidence FROM reviews r JOIN products p ON p.id = r.product_id ORDER BY r.id;

-- inside expressions
SELECT id, upper((aws_comprehend.detect_sentiment(body, 'en')).sentiment) || '!' AS shout, (aws_comprehend.detect_sentiment(body, 'en')).confidence * 100 + stars AS points FROM reviews ORDER BY id;

SELECT id, round(((aws_comprehend.detect_sentiment(body, 'en')).confidence)::numeric, 2), (aws_comprehend.detect_sentiment(body, 'en')).sentiment IN ('POSITIVE', 'MIXED') AS good FROM reviews ORDER BY id;

-- @calls fewer
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment IS NULL AS none, (aws_comprehend.detect_sentiment(body, 'en')).confidence BETWEEN 0.3 AND 0.6, (aws_comprehend.detect_sentiment(body, 'en')).sentiment LIKE 'N%' FROM reviews ORDER BY id;

-- casts of a scalar result
SELECT id, aws_sagemaker.invoke_endpoint('class', NULL, v1, v2)::int, CAST(aws_sagemaker.invoke_endpoint('score', NULL, v1) AS numeric(10,3)), aws_sagemaker.invoke_endpoint('score', NULL, v1)::real, aws_sagemaker.invoke_endpoint('score', NULL, v1) FROM readings ORDER BY id;

-- cast to a composite type, and its fields
SELECT id, aws_sagemaker.invoke_endpoint('pair', NULL, v1)::outcome, (aws_sagemaker.invoke_endpoint('pair', NULL, v1)::outcome).score FROM readings ORDER BY id;

SELECT id, (aws_sagemaker.invoke_endpoint('pair', NULL, v1)::outcome).* FROM readings ORDER BY id;

SELECT id, (aws_sagemaker.invoke_endpoint('pair', NULL, v1)::point)[0], aws_sagemaker.invoke_endpoint('pair', NULL, v1)::point AS p FROM readings ORDER BY id;

-- nested calls
-- @sites 2
SELECT id, (aws_comprehend.detect_sentiment('It is ' || (aws_comprehend.detect_sentiment(body, 'en')).sentiment, 'en')).sentiment FROM reviews ORDER BY id;

-- nested calls of different services
SELECT id, aws_sagemaker.invoke_endpoint('class', NULL, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, stars) FROM reviews ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(aws_bedrock.invoke_model('oracle.text', 'application/json', 'application/json', body), 'en')).sentiment FROM reviews ORDER BY id;

-- several functions side by side
SELECT id, (aws_comprehend.detect_sentiment(body, lang)).sentiment, aws_sagemaker.invoke_endpoint('label', NULL, stars, body), aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', 'embedding', body) FROM reviews ORDER BY id;

-- elements of an embedding
SELECT id, (aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', 'embedding', body))[2] AS second, array_length(aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', 'embedding', body), 1) FROM reviews ORDER BY id;

SELECT id, aws_bedrock.invoke_model('oracle.text', 'application/json', 'application/json', body)::json ->> 'completion' AS answer FROM reviews WHERE id <= 5 ORDER BY id;

-- named arguments
SELECT id, (aws_comprehend.detect_sentiment(language_code := 'fr', input_text := body)).sentiment FROM reviews ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(body, language_code => lang, max_rows_per_batch => 10)).sentiment FROM reviews ORDER BY id;

-- the batch size of the call
-- @sites 1
SELECT id, (aws_comprehend.detect_sentiment(body, 'en', 7)).sentiment FROM reviews;

SELECT id, aws_sagemaker.invoke_endpoint('class', 4, v1, v2) FROM readings;

-- a batch size above the service's limit
SELECT id, (aws_comprehend.detect_sentiment(body, 'en', 1000)).sentiment FROM reviews;

-- a batch size of its own for each row
SELECT id, (aws_comprehend.detect_sentiment(body, 'en', CASE WHEN id < 20 THEN 5 ELSE 25 END)).sentiment FROM reviews;

-- one of every type
SELECT id, aws_sagemaker.invoke_endpoint('echo', NULL, id, v1, v2, v3, sensor, ok, NULL) FROM readings ORDER BY id;

SELECT id, aws_sagemaker.invoke_endpoint('echo', NULL, tags, stars) FROM reviews ORDER BY id;

SELECT id, aws_sagemaker.invoke_endpoint('echo', NULL, grade, at, body) FROM reviews ORDER BY id;

SELECT id, aws_sagemaker.invoke_endpoint('echo', NULL, due, open, subject) FROM tickets ORDER BY id;

SELECT id, aws_sagemaker.invoke_endpoint('echo', NULL, ARRAY[v1, v1 + 1]) FROM readings ORDER BY id;

-- subqueries beside a call
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, (SELECT name FROM products p WHERE p.id = r.product_id) AS product, EXISTS (SELECT 1 FROM tickets t WHERE t.review_id = r.id) FROM reviews r ORDER BY id;

-- a subquery as an argument
SELECT id, (aws_comprehend.detect_sentiment((SELECT name FROM products p WHERE p.id = r.product_id), 'en')).sentiment FROM reviews r ORDER BY id;

-- rows and arrays of results
SELECT id, ROW(id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment), ARRAY[(aws_comprehend.detect_sentiment(body, 'en')).sentiment, lang] FROM reviews ORDER BY id;

SELECT id, to_json(aws_comprehend.detect_sentiment(body, 'en')), jsonb_build_object('mood', (aws_comprehend.detect_sentiment(body, 'en')).sentiment) FROM reviews ORDER BY id;

-- without FROM
SELECT aws_comprehend.detect_sentiment('This is great', 'en');

SELECT (aws_comprehend.detect_sentiment('This is great', 'en')).sentiment, 1 AS one, aws_sagemaker.invoke_endpoint('class', NULL, 1, 2.5, 'x', NULL) AS k;

-- from an empty table
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM empty_reviews;

-- constants over many rows are sent once
SELECT id, (aws_comprehend.detect_sentiment('constant', 'en')).sentiment FROM reviews ORDER BY id;

-- NULL inputs need no request
SELECT id, aws_comprehend.detect_sentiment(NULL, 'en'), (aws_comprehend.detect_sentiment(NULL::text, lang)).sentiment FROM reviews ORDER BY id;

-- a whole row
SELECT r, (aws_comprehend.detect_sentiment(r.body, r.lang)).sentiment FROM reviews r ORDER BY r.id;

SELECT row_to_json(r) AS j, (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment FROM reviews r ORDER BY r.id;

-- names that look like the functions
SELECT id AS detect_sentiment, 'aws_comprehend.detect_sentiment(body)' AS invoke_endpoint, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS "aws_comprehend.detect_sentiment" FROM reviews ORDER BY 1;

-- set-returning function beside a call
-- @replay
-- @calls fewer
SELECT id, generate_series(1, 2), (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY 1, 2;

-- collation and operators with names
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment COLLATE "C" AS s, (aws_comprehend.detect_sentiment(body, 'en')).sentiment OPERATOR(pg_catalog.||) 'x' FROM reviews ORDER BY id;

-- NULLIF, GREATEST, IS DISTINCT FROM
SELECT id, NULLIF((aws_comprehend.detect_sentiment(body, 'en')).sentiment, 'MIXED'), GREATEST((aws_comprehend.detect_sentiment(body, 'en')).confidence, 0.5), (aws_comprehend.detect_sentiment(body, 'en')).sentiment IS DISTINCT FROM 'POSITIVE' AS d FROM reviews ORDER BY id;

-- = ANY over an array
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment = ANY (ARRAY['MIXED', 'NEUTRAL']) FROM reviews ORDER BY id;

-- IN over a table
-- @replay
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment IN (SELECT name FROM moods) AS known FROM reviews ORDER BY id;

-- dates and intervals with results
SELECT id, at + aws_sagemaker.invoke_endpoint('class', NULL, stars)::int AS later, current_date > at AS past FROM reviews ORDER BY id;

-- an unnamed column beside a result
SELECT id, 1 + 1, aws_sagemaker.invoke_endpoint('class', NULL, stars)::int + 1, 'text', NULL FROM reviews ORDER BY id;

-- a literal of unknown type and a result
SELECT 'x' AS x, (aws_comprehend.detect_sentiment('good', 'en')).sentiment;
