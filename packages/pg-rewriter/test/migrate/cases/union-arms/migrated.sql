-- scan mood_of: mood_of(feedback, 'en'::text)
-- scan mood_of_1: mood_of(body, 'fr')
-- mood_of invokes aws_comprehend.detect_sentiment en
-- mood_of_1 invokes aws_comprehend.detect_sentiment fr
SELECT mood_of.mood_of AS mood_of FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of UNION SELECT mood_of_1.mood_of_1 AS mood_of FROM reviews CROSS JOIN LATERAL public.mood_of(body, 'fr') AS mood_of_1 ORDER BY 1;
