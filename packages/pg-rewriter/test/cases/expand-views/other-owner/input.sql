-- The view reads its tables with the rights of another role.
SELECT * FROM foreign_moods
