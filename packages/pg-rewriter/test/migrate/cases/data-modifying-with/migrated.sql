-- scan mood_of: mood_of(feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
WITH gone AS (DELETE FROM support WHERE rating < 2 RETURNING id, feedback) SELECT id AS id, mood_of.mood_of AS mood_of FROM gone CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of;
