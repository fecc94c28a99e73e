-- scan mood_of: mood_of(feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
INSERT INTO notes (id, note) SELECT ml_limited_1.c1 AS id, mood_of.mood_of AS mood_of FROM ( SELECT id AS c1, feedback AS c2 FROM support ORDER BY id LIMIT 2 ) AS ml_limited_1 CROSS JOIN LATERAL public.mood_of(ml_limited_1.c2, 'en'::text) AS mood_of ORDER BY ml_limited_1.c1;
