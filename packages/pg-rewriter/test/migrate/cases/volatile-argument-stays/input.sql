SELECT mood_of(random()::text) FROM support;
