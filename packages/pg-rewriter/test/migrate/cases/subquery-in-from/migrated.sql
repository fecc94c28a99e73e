-- scan mood_of: mood_of(feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
SELECT x.m AS m FROM ( SELECT mood_of.mood_of AS m, id AS id FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of ) AS x WHERE x.id < 5;
