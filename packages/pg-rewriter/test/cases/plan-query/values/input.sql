-- A VALUES list in FROM.
SELECT * FROM (VALUES (mood_of('a'))) v(m)
