-- scan mood_of: mood_of(feedback, 'en'::text)
-- scan mood_of_1: mood_of(channel, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
-- mood_of_1 invokes aws_comprehend.detect_sentiment en
SELECT COALESCE(mood_of.mood_of, mood_of_1.mood_of_1, 'none') AS m FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of LEFT JOIN LATERAL ( SELECT mood_of_1.* FROM LATERAL public.mood_of(channel, 'en'::text) AS mood_of_1 WHERE CASE WHEN mood_of.mood_of IS NOT NULL THEN false ELSE true END OFFSET 0 ) AS mood_of_1 ON true;
