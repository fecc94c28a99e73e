INSERT INTO notes (id, note) SELECT id, mood_of(feedback) FROM support ORDER BY id LIMIT 2;
