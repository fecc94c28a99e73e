-- A column that USING merges comes once and first.
SELECT *, mood_of(feedback) AS m FROM support JOIN notes USING (id)
