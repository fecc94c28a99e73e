SELECT s.id FROM support s LEFT JOIN reviews r ON r.id = s.id AND mood_of(s.feedback) = 'x';
