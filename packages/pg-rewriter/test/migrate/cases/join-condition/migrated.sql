-- scan mood_of: mood_of(s.feedback, 'en'::text)
-- scan mood_of_1: mood_of(r.body, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
-- mood_of_1 invokes aws_comprehend.detect_sentiment en
SELECT s.id AS id FROM support AS s JOIN reviews AS r ON r.id = s.id CROSS JOIN LATERAL public.mood_of(s.feedback, 'en'::text) AS mood_of CROSS JOIN LATERAL public.mood_of(r.body, 'en'::text) AS mood_of_1 WHERE mood_of.mood_of = mood_of_1.mood_of_1;
