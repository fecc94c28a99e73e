-- The star of a wrapper's row is written out.
SELECT id, (moods_of(feedback)).* FROM support
