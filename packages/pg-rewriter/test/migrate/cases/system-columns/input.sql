SELECT ctid, mood_of(feedback) FROM support;
