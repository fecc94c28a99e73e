-- a window sorted by a result
SELECT id, rank() OVER (ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence DESC NULLS LAST) AS r FROM reviews ORDER BY r, id;

-- partitioned by a result
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, row_number() OVER (PARTITION BY (aws_comprehend.detect_sentiment(body, 'en')).sentiment ORDER BY id) FROM reviews ORDER BY id;

-- a result as the window function's argument
-- @calls fewer
SELECT id, lag((aws_comprehend.detect_sentiment(body, 'en')).sentiment) OVER (ORDER BY id), avg((aws_comprehend.detect_sentiment(body, 'en')).confidence) OVER (PARTITION BY lang ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving FROM reviews ORDER BY id;

-- first_value reads the first row's argument only; the planner has all rows' values computed
-- @sites 3
SELECT id, first_value((aws_comprehend.detect_sentiment(body, 'en')).sentiment) OVER w, sum(aws_sagemaker.invoke_endpoint('class', NULL, id)::int) OVER w FROM reviews WINDOW w AS (PARTITION BY lang ORDER BY id) ORDER BY id;

-- a call beside a window function
SELECT id, row_number() OVER (ORDER BY id DESC), (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY id;

-- a call on the window's result
SELECT id, aws_sagemaker.invoke_endpoint('class', NULL, row_number() OVER (ORDER BY id DESC)) AS k FROM reviews ORDER BY id;

SELECT id, aws_sagemaker.invoke_endpoint('class', NULL, lag(stars) OVER w, stars) AS k, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews WINDOW w AS (ORDER BY id) ORDER BY id;

-- FILTER with a window
SELECT id, count(*) FILTER (WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE') OVER (ORDER BY id) AS so_far FROM reviews ORDER BY id;

-- a predicate below a window
SELECT id, row_number() OVER (ORDER BY id) FROM reviews WHERE (aws_comprehend.detect_sentiment(body, 'en')).sentiment = 'POSITIVE' ORDER BY id;

-- the best of each group
SELECT * FROM (SELECT id, lang, row_number() OVER (PARTITION BY lang ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence DESC NULLS LAST, id) AS n FROM reviews) q WHERE n <= 2 ORDER BY lang, n;

-- windows over groups
SELECT lang, sum((aws_comprehend.detect_sentiment(body, 'en')).confidence) AS s, rank() OVER (ORDER BY count(*) DESC, lang) FROM reviews GROUP BY lang ORDER BY lang;

-- windows and LIMIT
SELECT id, rank() OVER (ORDER BY (aws_comprehend.detect_sentiment(body, 'en')).confidence DESC NULLS LAST, id) AS r FROM reviews ORDER BY r LIMIT 5;

-- sorted by a window function
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews ORDER BY row_number() OVER (ORDER BY stars, id), id LIMIT 7;

-- frames with ranges
SELECT id, count(*) OVER (ORDER BY aws_sagemaker.invoke_endpoint('class', NULL, id)::int RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM reviews ORDER BY id;
