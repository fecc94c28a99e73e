-- The argument of a function is evaluated once.
SELECT mood_twice(random()::text) FROM support
