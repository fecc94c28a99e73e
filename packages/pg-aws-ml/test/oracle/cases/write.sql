-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored (id, mood, confidence) SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM reviews;

-- the star fills columns
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM reviews WHERE stars > 3;

-- assignment casts: to varchar(20), from text
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored (id, mood) SELECT id::bigint, 'It is ' || mood_of(body) FROM reviews ORDER BY id LIMIT 10;

-- a value that is too long
-- @undo DELETE FROM scored
INSERT INTO scored (id, mood) SELECT id, repeat(mood_of(body), 5) FROM reviews;

-- grouped
-- @then SELECT * FROM scored ORDER BY mood
-- @undo DELETE FROM scored
INSERT INTO scored (mood, id) SELECT mood_of(body), count(*) FROM reviews GROUP BY 1;

-- RETURNING
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored (id, mood) SELECT id, mood_of(body) FROM reviews WHERE id < 5 ORDER BY id RETURNING id, mood, note;

-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored (id) SELECT id FROM products RETURNING id, aws_sagemaker.invoke_endpoint('class', NULL, id);

-- a call over the rows that an INSERT returns, which draw from a sequence once
-- @then SELECT id - min(id) OVER (), mood FROM scored_keys ORDER BY id
-- @undo TRUNCATE scored_keys RESTART IDENTITY
INSERT INTO scored_keys (mood, class) SELECT body, 1 FROM reviews WHERE id < 30 RETURNING *, mood_of(mood) AS said, length(mood) + class;

-- two calls, one within the other's input
-- @sites 2
-- @then SELECT id, mood FROM scored_keys ORDER BY id
-- @undo TRUNCATE scored_keys RESTART IDENTITY
INSERT INTO scored_keys (mood) VALUES ('good'), ('bad'), (DEFAULT) RETURNING id, mood_of(mood_of(mood) || id), class;

-- what a conflict has updated
-- @then SELECT * FROM moods ORDER BY name
-- @undo DELETE FROM moods WHERE weight > 50; UPDATE moods SET weight = CASE name WHEN 'POSITIVE' THEN 3 WHEN 'NEGATIVE' THEN -3 ELSE 0 END
INSERT INTO moods AS m VALUES ('POSITIVE', 1), ('MIXED', 77) ON CONFLICT (name) DO UPDATE SET weight = m.weight + 1 RETURNING m.name, weight, mood_of(m.name || weight);

-- nothing is written
-- @then SELECT * FROM scored
INSERT INTO scored (id) SELECT id FROM products WHERE false RETURNING id, mood_of(note);

-- an UPDATE that returns what it has set, and columns of FROM
-- @then SELECT * FROM moods ORDER BY name
-- @undo UPDATE moods SET weight = CASE name WHEN 'POSITIVE' THEN 3 WHEN 'NEGATIVE' THEN -3 ELSE 0 END
UPDATE moods m SET weight = p.id + 10 FROM products p WHERE p.id = abs(m.weight) + 1 RETURNING p.name, m.*, mood_of(p.name || m.weight) AS said, random() < 2;

-- a DELETE with a WITH of its own
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
WITH i AS (SELECT count(*) AS n FROM scored) DELETE FROM scored USING i WHERE id > i.n RETURNING scored.id, mood_of(note);

-- @then SELECT * FROM moods ORDER BY name
-- @undo INSERT INTO moods VALUES ('NEUTRAL', 0)
DELETE FROM moods WHERE weight = 0 RETURNING *, (aws_comprehend.detect_sentiment(name, 'en')).*, weight IS NULL;

-- a failing call leaves nothing
-- @then SELECT count(*) FROM scored
INSERT INTO scored (id) SELECT id FROM products RETURNING aws_sagemaker.invoke_endpoint('class', NULL, id)::int / 0;

-- WITH that writes, then a call over its rows
-- @then SELECT mood, class FROM scored_keys ORDER BY id
-- @undo TRUNCATE scored_keys RESTART IDENTITY
WITH i AS (INSERT INTO scored_keys (mood) SELECT body FROM reviews WHERE id < 40 RETURNING *) SELECT id, mood_of(mood), (SELECT count(*) FROM scored_keys) AS before FROM i WHERE mood IS NOT NULL ORDER BY id;

-- grouped
-- @then SELECT count(*) FROM scored
-- @undo DELETE FROM scored
WITH i AS (INSERT INTO scored (id, note) SELECT id, body FROM reviews RETURNING id, note), o AS (SELECT id FROM products) SELECT mood_of(note) AS said, count(*), sum(i.id) FROM i WHERE id NOT IN (SELECT id FROM o) GROUP BY 1 ORDER BY 1;

-- a predicate that a call decides, and what is written all the same
-- @then SELECT * FROM moods ORDER BY name
-- @undo UPDATE moods SET weight = CASE name WHEN 'POSITIVE' THEN 3 WHEN 'NEGATIVE' THEN -3 ELSE 0 END
WITH u AS (UPDATE moods SET weight = weight + 1 RETURNING name, weight) SELECT name, weight, (SELECT sum(weight) FROM moods) FROM u WHERE mood_of(name) <> 'MIXED' ORDER BY name;

-- a LIMIT that calls decide; the writing is whole
-- @replay
-- @sites 2
-- @any-rows
-- @then SELECT count(*) FROM scored
-- @undo DELETE FROM scored
WITH i AS (INSERT INTO scored (id, note) SELECT id, body FROM reviews RETURNING id, note) SELECT id FROM i WHERE mood_of(note) = 'POSITIVE' LIMIT 2;

-- LIMIT 0; the writing is whole
-- @then SELECT count(*) FROM scored
-- @undo DELETE FROM scored
WITH i AS (INSERT INTO scored (id, note) SELECT id, body FROM reviews RETURNING id, note) SELECT id, mood_of(note) FROM i LIMIT 0;

-- rows that WITH writes are read twice
-- @replay
-- @sites 3
-- @then SELECT count(*) FROM scored
-- @undo DELETE FROM scored
WITH i AS (INSERT INTO scored (id, note) SELECT id, body FROM reviews WHERE id < 9 RETURNING id, note) SELECT id, mood_of(note) FROM i UNION ALL SELECT id + 100, mood_of(note, 'fr') FROM i ORDER BY 1;

-- VALUES
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored (id, mood, confidence) VALUES (1, mood_of('good'), 0.5), (2, mood_of('bad'), DEFAULT), (3, DEFAULT, (aws_comprehend.detect_sentiment('good', 'en')).confidence);

-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored VALUES (aws_sagemaker.invoke_endpoint('class', NULL, 5)::int, mood_of('good'));

-- DEFAULT and identity
-- @then SELECT mood, class FROM scored_keys ORDER BY class, mood
-- @undo TRUNCATE scored_keys
INSERT INTO scored_keys (mood, class) SELECT mood_of(body), class_of(stars, 1) FROM reviews WHERE id < 12;

-- WITH before INSERT
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
WITH s AS (SELECT id, mood_of(body) AS mood FROM reviews WHERE stars > 3) INSERT INTO scored (id, mood) SELECT id, mood FROM s WHERE mood <> 'MIXED';

-- WITH inside the SELECT
-- @then SELECT * FROM scored ORDER BY id
-- @undo DELETE FROM scored
INSERT INTO scored (id, mood) WITH s AS (SELECT id, mood_of(body) AS mood FROM reviews) SELECT id, mood FROM s WHERE mood = 'POSITIVE';

-- ON CONFLICT DO NOTHING
-- @then SELECT * FROM moods ORDER BY name
-- @undo DELETE FROM moods WHERE weight > 50
INSERT INTO moods SELECT DISTINCT mood_of(body), 100 FROM reviews WHERE body IS NOT NULL ON CONFLICT DO NOTHING;

-- a duplicate key
-- @undo DELETE FROM moods WHERE weight > 50
INSERT INTO moods SELECT DISTINCT mood_of(body), 100 FROM reviews WHERE body IS NOT NULL;

-- a set operation
-- @sites 2
-- @then SELECT * FROM scored ORDER BY id, mood
-- @undo DELETE FROM scored
INSERT INTO scored (id, mood) SELECT id, mood_of(body) FROM reviews WHERE id < 5 UNION ALL SELECT id, mood_of(name) FROM products;

-- CREATE TABLE AS
-- @then SELECT * FROM made ORDER BY id
-- @undo DROP TABLE made
CREATE TABLE made AS SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).*, class_of(stars, 1) FROM reviews;

-- its column types
-- @then SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'made'::regclass AND attnum > 0 ORDER BY attnum
-- @undo DROP TABLE made
CREATE TABLE made AS SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment, grade, at, tags, (aws_comprehend.detect_sentiment(body, 'en')).confidence * 2 AS twice, 'x' AS x FROM reviews;

-- @then SELECT * FROM made ORDER BY mood
-- @undo DROP TABLE made
CREATE TABLE IF NOT EXISTS made (mood, n) AS SELECT mood_of(body), count(*) FROM reviews GROUP BY 1;

-- @then SELECT * FROM made
-- @undo DROP TABLE made
CREATE TABLE made AS SELECT id, mood_of(body) AS mood FROM reviews WITH NO DATA;

-- an existing table
CREATE TABLE IF NOT EXISTS moods AS SELECT id, mood_of(body) AS mood FROM reviews;

CREATE TABLE moods AS SELECT id, mood_of(body) AS mood FROM reviews;

-- SELECT INTO
-- @then SELECT * FROM made ORDER BY id
-- @undo DROP TABLE made
SELECT id, mood_of(body) AS mood INTO made FROM reviews WHERE stars > 3;

-- @then SELECT * FROM made ORDER BY mood
-- @undo DROP TABLE made
SELECT mood_of(body) AS mood, count(*) INTO TABLE made FROM reviews GROUP BY 1;

-- UPDATE and DELETE
-- @replay
-- @then SELECT * FROM moods ORDER BY name
-- @undo UPDATE moods SET weight = CASE name WHEN 'POSITIVE' THEN 3 WHEN 'NEGATIVE' THEN -3 ELSE 0 END
UPDATE moods SET weight = aws_sagemaker.invoke_endpoint('class', NULL, name)::int WHERE weight <> 0;

-- a row from a sub-select, whose columns are called as the table's
-- @replay
-- @then SELECT * FROM moods ORDER BY name
-- @undo UPDATE moods SET weight = CASE name WHEN 'POSITIVE' THEN 3 WHEN 'NEGATIVE' THEN -3 ELSE 0 END
UPDATE moods SET (name, weight) = (SELECT m.sentiment AS name, length(m.sentiment) AS weight FROM aws_comprehend.detect_sentiment(name, 'en') m) WHERE weight > 100;

-- one column of a row that a sub-select assigns
-- @replay
-- @then SELECT * FROM moods ORDER BY name
-- @undo UPDATE moods SET weight = CASE name WHEN 'POSITIVE' THEN 3 WHEN 'NEGATIVE' THEN -3 ELSE 0 END
UPDATE moods SET (weight) = (SELECT length(s.sentiment) FROM aws_comprehend.detect_sentiment(name, 'en') s) WHERE weight <> 0;

-- a call in FROM
-- @replay
-- @then SELECT * FROM moods ORDER BY name
-- @undo UPDATE moods SET weight = CASE name WHEN 'POSITIVE' THEN 3 WHEN 'NEGATIVE' THEN -3 ELSE 0 END
UPDATE moods m SET weight = length(s.sentiment) FROM reviews r, LATERAL aws_comprehend.detect_sentiment(r.body, 'en') s WHERE r.id = abs(m.weight);

-- the source of a MERGE: the server calls for rows as well that match nothing, which shows only when it runs
-- @replay
-- @sites 2
-- @then SELECT * FROM moods ORDER BY name
-- @undo UPDATE moods SET weight = CASE name WHEN 'POSITIVE' THEN 3 WHEN 'NEGATIVE' THEN -3 ELSE 0 END
MERGE INTO moods m USING (SELECT r.id, s.sentiment FROM reviews r, LATERAL aws_comprehend.detect_sentiment(r.body, 'en') s WHERE r.id < 5) s ON s.id = m.weight WHEN MATCHED THEN UPDATE SET weight = 10 + length(s.sentiment);

-- nothing is inserted
-- @then SELECT * FROM scored ORDER BY id
INSERT INTO scored (id, mood) SELECT id, mood_of(body) FROM reviews WHERE false;
