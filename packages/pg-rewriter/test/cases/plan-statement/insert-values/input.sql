-- INSERT … VALUES: the calls are scalar subqueries over one row.
INSERT INTO notes (id, sentiment) VALUES (1, mood_of('a')), (2, DEFAULT), ($1, mood_of($2))
