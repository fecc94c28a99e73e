-- Wrappers that call wrappers; equal calls become one.
SELECT id, mood_twice(feedback), mood_of(feedback) AS m FROM support
