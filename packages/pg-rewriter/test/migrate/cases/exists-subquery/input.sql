SELECT id FROM support s WHERE EXISTS (SELECT 1 FROM reviews r WHERE mood_of(r.body) = 'x' AND r.id = s.id);
