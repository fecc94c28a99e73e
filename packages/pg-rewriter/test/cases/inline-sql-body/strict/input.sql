-- A strict function is not called for NULL.
SELECT id, strict_mood(feedback) FROM support
