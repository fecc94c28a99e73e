-- scan mood_of: mood_of(feedback, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
CREATE TABLE x AS SELECT id AS id, mood_of.mood_of AS mood_of FROM support CROSS JOIN LATERAL public.mood_of(feedback, 'en'::text) AS mood_of;
