SELECT *, mood_of(r.body) FROM reviews r JOIN support s USING (id);
