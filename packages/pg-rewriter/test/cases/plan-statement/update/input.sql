-- UPDATE is not split.
UPDATE notes SET sentiment = mood_of(note)
