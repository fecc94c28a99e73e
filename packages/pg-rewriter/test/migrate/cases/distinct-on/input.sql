SELECT DISTINCT ON (mood_of(feedback)) id FROM support ORDER BY mood_of(feedback), id;
