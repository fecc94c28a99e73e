-- scan mood_of: mood_of(feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
SELECT ml_limited_2.c1 AS max, mood_of.mood_of AS mood_of FROM ( SELECT (SELECT max(id) AS max FROM reviews AS r WHERE r.id = s.id) AS c1, feedback AS c2, id AS c3 FROM support AS s ORDER BY id LIMIT 2 OFFSET 1 ) AS ml_limited_2 CROSS JOIN LATERAL public.mood_of(ml_limited_2.c2, 'en'::text) AS mood_of ORDER BY ml_limited_2.c3;
