WITH a AS (SELECT id, mood_of(feedback) m FROM support) SELECT * FROM a WHERE m = 'x';
