-- scan mood_of: mood_of(feedback, 'en'::text)
-- scan mood_of_1: mood_of(mood_of.mood_of, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
-- mood_of_1 invokes aws_comprehend.detect_sentiment en
SELECT mood_of_1.mood_of_1 AS mood_of FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of CROSS JOIN LATERAL public.mood_of(mood_of.mood_of, 'en'::text) AS mood_of_1;
