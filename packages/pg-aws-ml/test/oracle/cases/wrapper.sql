SELECT id, mood_of(body) FROM reviews ORDER BY id;

SELECT id, mood_of(body, lang) AS m, public.mood_of(lang => 'fr', t => body) FROM reviews ORDER BY id;

SELECT id, mood_of(lang := lang, t := body) FROM reviews WHERE mood_of(body, lang) = 'POSITIVE' ORDER BY id;

-- OUT parameters
SELECT id, (mood_pair(body)).mood, (mood_pair(body)).sure FROM reviews ORDER BY id;

SELECT id, (mood_pair(body)).* FROM reviews ORDER BY id;

-- the whole row of a wrapper
-- @replay
SELECT id, mood_pair(body) FROM reviews ORDER BY id;

SELECT r.id, m.mood, m.sure FROM reviews r, mood_pair(r.body) m ORDER BY r.id;

SELECT r.id, mood FROM reviews r CROSS JOIN LATERAL mood_pair(r.body) WHERE sure > 0.5 ORDER BY r.id;

-- TABLE functions
SELECT r.id, m.* FROM reviews r, mood_row(r.body) AS m ORDER BY r.id;

SELECT * FROM mood_row('This is great');

-- a set-returning wrapper in the SELECT list
-- @replay
SELECT id, (mood_row(body)).mood FROM reviews ORDER BY id;

-- a wrapper that calls a wrapper
SELECT id, mood_twice(body) FROM reviews ORDER BY id;

-- STRICT
SELECT id, strict_mood(body) FROM reviews WHERE strict_mood(body) IS NOT NULL ORDER BY id;

-- COALESCE in the body, one OUT parameter, batch size passed through
SELECT id, class_of(v1, v2) FROM readings ORDER BY id;

SELECT id, class_of(v1, v2, 6) FROM readings ORDER BY id;

SELECT id, class_of(v2 => v2, v1 => v1, max_rows_per_batch => 10) + 1 AS next FROM readings ORDER BY id;

-- @replay
SELECT r.id, c FROM readings r, class_of(r.v1, r.v2) AS c ORDER BY r.id;

SELECT r.id, class FROM readings r, class_of(r.v1, r.v2) ORDER BY r.id;

-- arrays
SELECT id, score_all(ARRAY[v1, v1 * 2, NULL]) FROM readings ORDER BY id;

-- VARIADIC; replay asks about a few inputs first
-- @sites 2
-- @replay
SELECT id, score_of(v1, v3) FROM readings ORDER BY id;

-- @sites 2
-- @replay
SELECT id, score_of(VARIADIC ARRAY[v1, v3]) FROM readings ORDER BY id;

-- composites
SELECT id, outcome_of(v1), (outcome_of(v1)).class FROM readings ORDER BY id;

SELECT id, (outcome_of(v1)).* FROM readings ORDER BY id;

SELECT r.id, o.score, o.class FROM readings r, outcome_of(r.v1) o ORDER BY r.id;

SELECT id, (outcome_cast(v3)).score, outcome_cast(v3) FROM readings ORDER BY id;

SELECT r.id, o.* FROM readings r CROSS JOIN LATERAL outcome_cast(r.v3) AS o ORDER BY r.id;

-- embeddings
SELECT id, embed(body) FROM reviews WHERE id < 20 ORDER BY id;

SELECT id, (embed(body))[1] FROM reviews WHERE id < 20 ORDER BY (embed(body))[1] NULLS LAST, id;

-- overloads by the number of arguments
SELECT id, rated(stars), rated(stars, lang) FROM reviews ORDER BY id;

-- a row as the argument
-- @replay
SELECT id, mood_body(reviews) FROM reviews ORDER BY id;

-- wrappers in every clause
SELECT mood_of(body) AS m, count(*), max(class_of(stars, 0.5)) FROM reviews WHERE mood_of(body) <> 'MIXED' GROUP BY m HAVING count(*) > 1 ORDER BY m DESC;

-- a wrapper in a wrapper's argument
-- @sites 2
SELECT id, mood_of(mood_of(body)) FROM reviews ORDER BY id;

-- implicit casts of arguments
SELECT id, mood_of(subject) FROM tickets ORDER BY id;

SELECT id, class_of(v1::smallint, v3) FROM readings ORDER BY id;

-- in CASE
SELECT id, CASE WHEN stars > 3 THEN mood_of(body) ELSE '-' END FROM reviews ORDER BY id;

-- a wrapper over tables
-- @replay
SELECT id, share_of(id) FROM products ORDER BY id;

-- PL/pgSQL
-- @replay
SELECT id, plpgsql_mood(body) FROM reviews WHERE id < 10 ORDER BY id;

-- an ordinary function beside
SELECT id, plain_upper(lang), plain_upper(mood_of(body)) FROM reviews ORDER BY id;

-- without FROM
SELECT mood_of('This is great'), mood_of(NULL), class_of(1, 2.5), (outcome_of(3)).score;
