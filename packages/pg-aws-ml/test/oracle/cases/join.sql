SELECT r.id, p.name, (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment FROM reviews r JOIN products p ON p.id = r.product_id ORDER BY r.id;

SELECT r.id, p.name, (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment FROM reviews r LEFT JOIN products p ON p.id = r.product_id ORDER BY r.id;

SELECT p.id, r.id, (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment FROM products p LEFT JOIN reviews r ON r.product_id = p.id AND r.stars > 3 ORDER BY 1, 2;

SELECT p.id, r.id, (aws_comprehend.detect_sentiment(p.name, 'en')).sentiment FROM reviews r RIGHT JOIN products p ON r.product_id = p.id ORDER BY 1, 2;

SELECT p.id, r.id, (aws_comprehend.detect_sentiment(COALESCE(r.body, p.name), 'en')).sentiment FROM reviews r FULL JOIN products p ON r.product_id = p.id AND p.id < 3 ORDER BY 1, 2;

-- USING and NATURAL
SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, subject FROM reviews JOIN tickets USING (id) ORDER BY id;

SELECT *, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM reviews JOIN tickets USING (id) ORDER BY id;

SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, open FROM reviews NATURAL JOIN tickets ORDER BY id;

-- a result in an inner join's condition
SELECT r.id, m.weight FROM reviews r JOIN moods m ON m.name = (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment ORDER BY r.id;

SELECT r.id, m.weight FROM reviews r JOIN moods m ON m.name = (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment AND r.stars > 3 AND m.weight > -1 ORDER BY r.id;

-- a result in an outer join's condition
-- @replay
SELECT r.id, m.weight FROM reviews r LEFT JOIN moods m ON m.name = (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment ORDER BY r.id;

-- self join
SELECT a.id, b.id, (aws_comprehend.detect_sentiment(a.body, 'en')).sentiment, (aws_comprehend.detect_sentiment(b.body, 'en')).sentiment FROM reviews a JOIN reviews b ON b.id = a.id + 1 ORDER BY a.id;

-- cross product: equal inputs are sent once
SELECT r.id, m.name, (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment = m.name AS same FROM reviews r, moods m WHERE r.id <= 12 ORDER BY 1, 2;

-- three tables, predicate on a result
-- @calls fewer
SELECT p.name, t.subject, (aws_comprehend.detect_sentiment(r.body, r.lang)).confidence FROM reviews r JOIN products p ON p.id = r.product_id JOIN tickets t ON t.review_id = r.id WHERE (aws_comprehend.detect_sentiment(r.body, r.lang)).sentiment <> 'MIXED' AND t.open ORDER BY t.id;

-- calls on both sides
SELECT r.id, t.id, (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment, aws_sagemaker.invoke_endpoint('class', NULL, t.subject) FROM reviews r JOIN tickets t ON t.review_id = r.id ORDER BY r.id, t.id;

-- join alias
SELECT j.id, (aws_comprehend.detect_sentiment(j.body, 'en')).sentiment FROM (reviews JOIN tickets USING (id)) AS j ORDER BY j.id;

SELECT x, (aws_comprehend.detect_sentiment(b, 'en')).sentiment FROM (SELECT id AS x, body AS b FROM reviews WHERE id < 9) q ORDER BY x;

-- lateral subqueries without calls
SELECT p.id, l.id, (aws_comprehend.detect_sentiment(l.body, 'en')).sentiment FROM products p, LATERAL (SELECT r.id, r.body FROM reviews r WHERE r.product_id = p.id ORDER BY r.id LIMIT 2) l ORDER BY 1, 2;

-- a lateral subquery with a call
-- @replay
SELECT p.id, l.* FROM products p, LATERAL (SELECT r.id, (aws_comprehend.detect_sentiment(r.body, 'en')).sentiment FROM reviews r WHERE r.product_id = p.id ORDER BY r.id LIMIT 2) l ORDER BY 1, 2;
