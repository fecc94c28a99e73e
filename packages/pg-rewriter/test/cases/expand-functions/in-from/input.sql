-- A wrapper in FROM becomes a lateral subquery, which is then lifted.
SELECT s.id, m.mood FROM support s, moods_of(s.feedback) m WHERE m.c > 0.5
