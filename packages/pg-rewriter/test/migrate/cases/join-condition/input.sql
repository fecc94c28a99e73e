SELECT s.id FROM support s JOIN reviews r ON r.id = s.id AND mood_of(s.feedback) = mood_of(r.body);
