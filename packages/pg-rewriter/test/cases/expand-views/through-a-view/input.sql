-- The view's query stands in its place.
SELECT * FROM moods WHERE id < 5 AND mood = 'POSITIVE'
