SELECT (SELECT max(id) FROM reviews r WHERE r.id = s.id), mood_of(feedback) FROM support s ORDER BY id LIMIT 2 OFFSET 1;
