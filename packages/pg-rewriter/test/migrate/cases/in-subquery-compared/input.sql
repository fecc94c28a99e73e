SELECT id FROM support s WHERE mood_of(s.feedback) IN (SELECT mood_of(body) FROM reviews);
