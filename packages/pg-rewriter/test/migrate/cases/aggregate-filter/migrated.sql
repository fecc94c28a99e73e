-- scan mood_of: mood_of(feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
SELECT count(*) FILTER (WHERE mood_of.mood_of = 'P') AS count, string_agg(mood_of.mood_of, ',') FILTER (WHERE rating > 1) AS string_agg FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of;
