-- @sites 2
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE id < 9 UNION ALL SELECT id, (aws_comprehend.detect_sentiment(name, 'en')).sentiment FROM products;

-- one arm calls
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT weight, name FROM moods ORDER BY 1, 2;

SELECT name FROM moods EXCEPT SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE id < 4;

SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews INTERSECT SELECT name FROM moods ORDER BY 1;

-- @sites 2
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE stars > 3 UNION SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE stars < 2 ORDER BY 1 LIMIT 3;

-- nested
-- @sites 2
(SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews WHERE stars > 3 EXCEPT ALL SELECT name FROM moods) UNION ALL (SELECT (aws_comprehend.detect_sentiment(name, 'en')).sentiment FROM products ORDER BY id LIMIT 2) ORDER BY mood;

-- types are unified
SELECT aws_sagemaker.invoke_endpoint('class', NULL, v1)::int AS k FROM readings UNION SELECT 2.5 ORDER BY 1;

SELECT NULL AS mood UNION ALL SELECT (aws_comprehend.detect_sentiment('good', 'en')).sentiment;

SELECT 'x' AS mood UNION ALL SELECT (aws_comprehend.detect_sentiment('good', 'en')).sentiment ORDER BY mood;

-- in a subquery
-- @sites 2
SELECT mood, count(*) FROM (SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews UNION ALL SELECT (aws_comprehend.detect_sentiment(subject, 'en')).sentiment FROM tickets) q GROUP BY mood ORDER BY mood;

-- a call over a set operation
SELECT t, (aws_comprehend.detect_sentiment(t, 'en')).sentiment FROM (SELECT name AS t FROM products UNION SELECT subject FROM tickets) q ORDER BY t;

-- VALUES as an arm
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WHERE id < 4 UNION ALL VALUES ('A'), ('B');

-- WITH over a set operation
-- @sites 2
WITH s AS (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM reviews) SELECT id FROM s WHERE mood = 'POSITIVE' UNION SELECT id FROM s WHERE mood = 'MIXED' ORDER BY id;

-- three arms
-- @sites 3
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment, 'en' AS l FROM reviews WHERE lang = 'en' UNION ALL SELECT (aws_comprehend.detect_sentiment(body, 'fr')).sentiment, 'fr' FROM reviews WHERE lang = 'fr' UNION ALL SELECT (aws_comprehend.detect_sentiment(body, 'de')).sentiment, 'de' FROM reviews WHERE lang = 'de';

-- a sort key that makes a call is refused by PostgreSQL
SELECT id FROM products UNION SELECT id FROM reviews ORDER BY aws_sagemaker.invoke_endpoint('class', NULL, id);

-- arms with LIMIT
-- @sites 2
(SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id LIMIT 3) UNION ALL (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id DESC LIMIT 3);
