-- @params ["en"]
SELECT id, (aws_comprehend.detect_sentiment(body, $1)).sentiment FROM reviews ORDER BY id;

-- @params [10, 40, "POSITIVE"]
SELECT id FROM reviews WHERE id BETWEEN $1 AND $2 AND (aws_comprehend.detect_sentiment(body, 'en')).sentiment = $3 ORDER BY id;

-- out of order and repeated
-- @params ["!", 3, "fr"]
SELECT id, (aws_comprehend.detect_sentiment(body, $3)).sentiment || $1 || $1 AS m FROM reviews WHERE stars > $2 ORDER BY id;

-- LIMIT and OFFSET
-- @params [5, 2]
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id LIMIT $1 OFFSET $2;

-- @params [3, 1, 0.4]
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).confidence > $3 ORDER BY id LIMIT $1 OFFSET $2;

-- @params [null]
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id LIMIT $1;

-- as the input
-- @params ["I like it"]
SELECT (aws_comprehend.detect_sentiment($1, 'en')).sentiment, $1::text AS given;

-- @params ["I like it"]
SELECT * FROM aws_comprehend.detect_sentiment($1, 'en');

-- @params [null]
SELECT aws_comprehend.detect_sentiment($1, 'en');

-- @params [7]
SELECT id, (aws_comprehend.detect_sentiment(body, 'en', $1)).sentiment FROM reviews ORDER BY id;

-- @params [4, "class"]
SELECT id, aws_sagemaker.invoke_endpoint($2, $1, v1, v2) FROM readings ORDER BY id;

-- @params [1.5, "x", true]
SELECT aws_sagemaker.invoke_endpoint('echo', NULL, $1::float8, $2::text, $3::boolean);

-- a parameter in CASE, in an aggregate, in HAVING
-- @params [3, 2]
SELECT lang, sum(CASE WHEN stars > $1 THEN aws_sagemaker.invoke_endpoint('class', NULL, id)::int END) FROM reviews GROUP BY lang HAVING count(*) > $2 ORDER BY lang;

-- arrays
-- @params ["{POSITIVE,MIXED}"]
SELECT id FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = ANY ($1::text[]) ORDER BY id;

-- @params [[1, 5, 9]]
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE id = ANY ($1) ORDER BY id;

-- in subqueries and WITH
-- @params ["en", 30]
-- @calls fewer
WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(body, $1)).sentiment AS mood FROM reviews WHERE id < $2) SELECT mood, count(*) FROM s WHERE id > $2 - 20 GROUP BY mood ORDER BY 1;

-- in wrappers
-- @params ["I like it", "fr"]
SELECT mood_of($1), mood_of($1, $2);

-- in the remainder only
-- @params [2]
SELECT mood_of(body) AS m, count(*) + $1 AS n FROM reviews GROUP BY m ORDER BY m;

-- in the sort
-- @params [10]
SELECT id FROM reviews WHERE id < 30 ORDER BY (id + aws_sagemaker.invoke_endpoint('class', NULL, id)::int) % $1, id;

-- set operation
-- @sites 2
-- @params [5, 60]
SELECT id, mood_of(body) FROM reviews WHERE id < $1 UNION ALL SELECT id, mood_of(body) FROM reviews WHERE id > $2 ORDER BY id;

-- insert
-- @params [1, "I like it"]
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored (id, mood) VALUES ($1, (aws_comprehend.detect_sentiment($2, 'en')).sentiment);

-- no values
SELECT $1::text, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews;
