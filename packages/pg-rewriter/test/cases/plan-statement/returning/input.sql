-- RETURNING makes a call.
INSERT INTO notes (id) SELECT id FROM support RETURNING mood_of(note)
