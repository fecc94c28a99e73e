CREATE TABLE x AS SELECT id, mood_of(feedback) FROM support;
