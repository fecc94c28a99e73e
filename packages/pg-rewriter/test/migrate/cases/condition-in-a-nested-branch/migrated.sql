-- scan mood_of: mood_of(feedback, 'en'::text)
-- scan mood_of_1: mood_of(mood_of.mood_of, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
-- mood_of_1 invokes aws_comprehend.detect_sentiment en
SELECT CASE WHEN rating > 1 THEN CASE WHEN mood_of_1.mood_of_1 = 'x' THEN mood_of.mood_of END END AS "case" FROM support LEFT JOIN LATERAL ( SELECT mood_of.* FROM LATERAL public.mood_of(feedback, 'en'::text) AS mood_of WHERE CASE WHEN rating > 1 THEN true ELSE false END OFFSET 0 ) AS mood_of ON true LEFT JOIN LATERAL ( SELECT mood_of_1.* FROM LATERAL public.mood_of(mood_of.mood_of, 'en'::text) AS mood_of_1 WHERE CASE WHEN rating > 1 THEN true ELSE false END OFFSET 0 ) AS mood_of_1 ON true;
