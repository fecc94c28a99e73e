SELECT mood_of(feedback) FROM support;
