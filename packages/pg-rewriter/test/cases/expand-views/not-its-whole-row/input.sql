-- The row of a view has a type of its own, that of a subquery is a record.
SELECT m FROM moods m
