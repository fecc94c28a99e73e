-- scan mood_of: mood_of(body, 'en'::text)
-- scan mood_of_1: mood_of(s.feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
-- mood_of_1 invokes aws_comprehend.detect_sentiment en
SELECT id AS id FROM support AS s CROSS JOIN LATERAL public.mood_of(s.feedback, 'en'::text) AS mood_of_1 WHERE mood_of_1.mood_of_1 IN (SELECT mood_of.mood_of AS mood_of FROM reviews CROSS JOIN LATERAL public.mood_of(body, 'en'::text) AS mood_of);
