-- scan mood_of: mood_of(feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
SELECT ctid AS ctid, mood_of.mood_of AS mood_of FROM support, LATERAL public.mood_of(feedback, 'en'::text) AS mood_of;
