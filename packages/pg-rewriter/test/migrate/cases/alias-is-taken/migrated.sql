-- scan mood_of_1: mood_of(mood_of.body, 'en'::text)
-- mood_of_1 invokes aws_comprehend.detect_sentiment en
SELECT mood_of.id AS id, mood_of_1.mood_of_1 AS mood_of FROM reviews AS mood_of CROSS JOIN LATERAL public.mood_of(mood_of.body, 'en'::text) AS mood_of_1;
