-- scan mood_of: mood_of(feedback, 'en'::text)
-- scan mood_of_1: mood_of((row_number() OVER (ORDER BY id))::text, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
-- mood_of_1 invokes aws_comprehend.detect_sentiment en
SELECT ml_windows_1.c1 AS row_number, mood_of_1.mood_of_1 AS mood_of FROM ( SELECT row_number() OVER (ORDER BY mood_of.mood_of) AS c1, row_number() OVER (ORDER BY id) AS c2 FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of ) AS ml_windows_1 CROSS JOIN LATERAL public.mood_of(ml_windows_1.c2::text, 'en'::text) AS mood_of_1;
