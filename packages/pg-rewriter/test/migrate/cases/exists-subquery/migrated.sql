-- scan mood_of: mood_of(r.body, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
SELECT id AS id FROM support AS s WHERE EXISTS (SELECT 1 AS "?column?" FROM reviews AS r CROSS JOIN LATERAL public.mood_of(r.body, 'en'::text) AS mood_of WHERE mood_of.mood_of = 'x' AND r.id = s.id);
