-- scan mood_of: mood_of(feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
SELECT DISTINCT ON (mood_of.mood_of) id AS id FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of ORDER BY mood_of.mood_of, id;
