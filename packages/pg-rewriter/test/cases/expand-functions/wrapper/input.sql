-- A wrapper is expanded, its argument and result cast to the declared types.
SELECT id, mood_of(feedback) FROM support
