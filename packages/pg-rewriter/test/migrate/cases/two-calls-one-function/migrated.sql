-- scan mood_of: mood_of(feedback, 'en'::text)
-- scan mood_of_1: mood_of(feedback, 'fr')
-- mood_of invokes aws_comprehend.detect_sentiment en
-- mood_of_1 invokes aws_comprehend.detect_sentiment fr
SELECT mood_of.mood_of AS a, mood_of_1.mood_of_1 AS b, mood_of.mood_of || '!' AS c FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of CROSS JOIN LATERAL public.mood_of(feedback, 'fr') AS mood_of_1;
