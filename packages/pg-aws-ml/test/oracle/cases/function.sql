-- a function of the user that PostgreSQL does not inline: STABLE over a volatile body
SELECT id, stable_mood(body) FROM reviews ORDER BY id;

-- two calls of it, one of them under a condition
SELECT id, stable_mood(body), CASE WHEN stars > 3 THEN stable_mood(lang) END FROM reviews ORDER BY id;

-- its argument reads a result
-- @sites 2
SELECT id, stable_mood(mood_of(body)) FROM reviews WHERE id < 30 ORDER BY id;

-- an argument that is used more than once, and costs little
SELECT id, said_twice(body) FROM reviews ORDER BY id;

-- an argument that is used more than once, and costs much
SELECT id, said_twice(mood_of(body)) FROM reviews ORDER BY id;

-- an argument that is used more than once, and costs more than ten operators
SELECT id, said_twice(lang || 'a' || 'b' || 'c' || 'd' || 'e' || 'f' || 'g' || 'h' || 'i' || 'j' || 'k' || 'l') FROM reviews ORDER BY id;

-- in FROM, inlined and not
-- @calls more
SELECT r.id, s.mood, t.mood FROM reviews r, stable_moods(r.body) s, mood_row(r.body) t ORDER BY r.id;

-- STRICT: not called for NULL
SELECT id, strict_mood(body), strict_mood(lower(body)) FROM reviews ORDER BY id;

-- in a predicate and the SELECT list
SELECT id, strict_mood(body) FROM reviews WHERE strict_mood(body) <> 'MIXED' AND stable_mood(body) <> 'MIXED' ORDER BY id;

-- in aggregates, under FILTER and HAVING
SELECT lang, count(stable_mood(body)) FILTER (WHERE id > 20), max(strict_mood(body)) FROM reviews GROUP BY lang HAVING min(mood_of(body)) IS NOT NULL ORDER BY lang;

-- a LIMIT that it decides
SELECT id FROM reviews WHERE strict_mood(body) = 'POSITIVE' LIMIT 3;

-- constants only
SELECT stable_mood('fixed'), strict_mood(NULL), mood_of('fixed') FROM products;

-- SECURITY DEFINER
-- @replay
SELECT id, secure_mood(body) FROM reviews ORDER BY id;

-- a SET clause
-- @replay
SELECT id, settled_mood(body) FROM reviews WHERE id < 30 ORDER BY id;

-- PL/pgSQL
-- @replay
SELECT id, plpgsql_mood(body) FROM reviews ORDER BY id;

-- PL/pgSQL that calls further functions, each result deciding about the next
-- @replay
SELECT id, labelled(body) FROM reviews WHERE plpgsql_mood(lang) IS NOT NULL ORDER BY id;

-- a query in a function
-- @replay
SELECT id, share_of(id) FROM products ORDER BY id;

-- UPDATE, replayed by its shadow
-- @replay
-- @then SELECT id, name FROM products ORDER BY id
-- @undo UPDATE products SET name = left(name, strpos(name, ' is ') - 1) WHERE strpos(name, ' is ') > 0
UPDATE products SET name = name || ' is ' || plpgsql_mood(name) WHERE mood_of(name) <> 'MIXED';

-- a trigger
-- @replay
-- @then SELECT id, body, mood FROM noted ORDER BY id
-- @undo DELETE FROM noted
INSERT INTO noted SELECT id, body FROM reviews WHERE id < 20;

-- a trigger whose statement makes calls too
-- @replay
-- @sites 2
-- @then SELECT id, body, mood FROM noted ORDER BY id
-- @undo DELETE FROM noted
INSERT INTO noted SELECT id, labelled(body) FROM reviews WHERE id < 20;

-- a grouping key that a guarded call reads
-- @sites 3
-- @calls fewer
SELECT v.sentiment AS g, count(DISTINCT COALESCE(mood_of(v.sentiment), mood_of(repeat('constant ', v.id * 0 + 1)))) AS c1 FROM review_moods v GROUP BY 1;
