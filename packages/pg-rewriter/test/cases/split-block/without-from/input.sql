-- A SELECT without FROM.
SELECT mood_of('x'), 1 AS one
