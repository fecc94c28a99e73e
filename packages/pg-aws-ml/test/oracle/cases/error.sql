-- the service refuses a language
SELECT id, (aws_comprehend.detect_sentiment(body, 'xx')).sentiment FROM reviews;

-- an empty document
SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment;

SELECT id, (aws_comprehend.detect_sentiment(CASE WHEN id = 60 THEN '' ELSE body END, 'en')).sentiment FROM reviews;

-- an unknown endpoint, an unknown model
SELECT aws_sagemaker.invoke_endpoint('nowhere', NULL, id) FROM readings;

SELECT aws_bedrock.invoke_model('nobody', 'application/json', 'application/json', 'x');

SELECT aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', 'nothing', 'x');

-- a call that is not reached does not fail
SELECT id, CASE WHEN id > 100 THEN (aws_comprehend.detect_sentiment(body, 'xx')).sentiment END FROM reviews ORDER BY id;

-- PostgreSQL's own errors above a call
SELECT id, 1 / (aws_sagemaker.invoke_endpoint('class', NULL, id)::int - 1) FROM reviews;

SELECT aws_sagemaker.invoke_endpoint('label', NULL, id)::int FROM reviews;

-- and below
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE 1 / (id - 5) > 0;

SELECT (aws_comprehend.detect_sentiment((10 / (stars - 1))::text, 'en')).sentiment FROM reviews;

-- names
SELECT (aws_comprehend.detect_sentiment(nothing, 'en')).sentiment FROM reviews;

SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM no_table;

SELECT id, mood_of(body) FROM reviews GROUP BY lang;

SELECT id, mood_of(body) FROM reviews ORDER BY 3;

SELECT mood_of(id) FROM reviews;

SELECT mood_of(body) + 1 FROM reviews;

SELECT count(*), id, mood_of(body) FROM reviews;

SELECT mood_of(body) FROM reviews WHERE count(*) > 1;

SELECT mood_of(body) FROM reviews WHERE lang;

SELECT id FROM reviews WHERE mood_of(body);

SELECT id, mood_of(body) FROM reviews LIMIT -1;

SELECT id FROM reviews WHERE mood_of(body) = 'POSITIVE' LIMIT -1;

-- more than one row in a scalar subquery beside a call
SELECT id, mood_of(body), (SELECT name FROM products) FROM reviews;
