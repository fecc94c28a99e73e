-- expressions as arguments
SELECT id, (aws_comprehend.detect_sentiment(upper(body) || ' ' || lang, 'en')).sentiment FROM reviews ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(substring(body from 1 for 8), lower(upper(lang)))).sentiment FROM reviews ORDER BY id;

-- casts to the parameter's type
SELECT id, (aws_comprehend.detect_sentiment(subject, 'en')).sentiment FROM tickets ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(subject::char(6), 'en')).sentiment FROM tickets ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(subject::varchar(7), 'en')).sentiment FROM tickets ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(subject::short_text, 'en')).sentiment FROM tickets ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(stars::text, 'en')).sentiment FROM reviews ORDER BY id;

-- a number is no text
SELECT (aws_comprehend.detect_sentiment(stars, 'en')).sentiment FROM reviews;

-- literals of all kinds
SELECT aws_sagemaker.invoke_endpoint('echo', NULL, 1, -2, 3.50, 1e3, 'text', true, NULL, date '2024-02-29', interval '1 day', B'101', E'\x41'::text) AS k;

SELECT aws_sagemaker.invoke_endpoint('echo', NULL, 12345678901234, 0.1::real, 0.1::float8, 1e20::float8, 'NaN'::float8, '1.10'::numeric) AS k;

SELECT aws_sagemaker.invoke_endpoint('echo', NULL, ARRAY[1, 2, 3]), aws_sagemaker.invoke_endpoint('echo', NULL, ARRAY['a', NULL, 'c "q"']), aws_sagemaker.invoke_endpoint('echo', NULL, '{}'::int[], 5);

SELECT aws_sagemaker.invoke_endpoint('echo', NULL, '{"a": 1}'::jsonb, ROW(1, 'x')::outcome, 'good'::rating, '2024-01-01 10:00+00'::timestamptz AT TIME ZONE 'UTC') AS k;

-- CSV's special characters
SELECT aws_sagemaker.invoke_endpoint('echo', NULL, 'a,b', 'say "hi"', E'two\nlines', ' spaces ', '') AS k;

SELECT aws_sagemaker.invoke_endpoint('echo', NULL, '');

SELECT aws_sagemaker.invoke_endpoint('echo', NULL, NULL::text);

SELECT aws_sagemaker.invoke_endpoint('echo', NULL, 'ünï → 😀');

-- quotes and unicode in sentiment
SELECT (aws_comprehend.detect_sentiment('It''s "fine", 100% \ ünï 😀', 'en')).*;

-- NULL arguments
SELECT aws_comprehend.detect_sentiment('x', NULL);

SELECT aws_sagemaker.invoke_endpoint(NULL, NULL, 1);

SELECT aws_bedrock.invoke_model(NULL, 'application/json', 'application/json', 'x'), aws_bedrock.invoke_model('oracle.echo', NULL, NULL, 'x'), aws_bedrock.invoke_model('oracle.echo', 'application/json', 'application/json', NULL);

-- a key that is NULL
-- @known replay,live the function in the database asks the service instead of refusing it
SELECT aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', NULL, 'x');

-- models
SELECT id, aws_bedrock.invoke_model('oracle.echo', 'application/json', 'application/json', json_build_object('text', body)::text) FROM reviews WHERE id < 10 ORDER BY id;

SELECT id, aws_bedrock.invoke_model(model_id := 'oracle.text', content_type := 'application/json', accept_type := 'application/json', model_input := body) FROM reviews WHERE id < 10 ORDER BY id;

SELECT id, aws_bedrock.invoke_model_get_embeddings(model_id := 'oracle.embed', content_type := 'application/json', json_key := 'embedding', model_input := body) AS e FROM reviews WHERE id < 10 ORDER BY id;

-- a model for each row
SELECT id, aws_bedrock.invoke_model(CASE WHEN id % 2 = 0 THEN 'oracle.text' ELSE 'oracle.echo' END, 'application/json', 'application/json', body) FROM reviews WHERE id < 10 ORDER BY id;

-- an endpoint for each row
SELECT id, aws_sagemaker.invoke_endpoint(CASE WHEN ok THEN 'class' ELSE 'label' END, NULL, v1) FROM readings ORDER BY id;

-- batch sizes out of range
SELECT id, (aws_comprehend.detect_sentiment(body, 'en', 0)).sentiment FROM reviews WHERE id < 5 ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en', -3)).sentiment FROM reviews WHERE id < 5 ORDER BY id;

-- a volatile argument
-- @any-rows
SELECT id, aws_sagemaker.invoke_endpoint('class', NULL, id + (random() * 0)::int) FROM reviews;

-- unqualified by search_path is not found
SELECT detect_sentiment('x', 'en');

-- wrong number of arguments
SELECT aws_comprehend.detect_sentiment('x');

-- @replay
SELECT aws_comprehend.detect_sentiment(text := 'x', language_code := 'en');

SELECT (aws_comprehend.detect_sentiment('x', 'en')).mood;

SELECT aws_sagemaker.invoke_endpoint('class', NULL);
