-- Only rows whose earlier arguments are NULL.
SELECT id, COALESCE(sentiment, mood_of(note)) FROM notes
