-- scan mood_of: mood_of(r.body, 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
SELECT id AS id, r.product_id AS product_id, r.lang AS lang, r.body AS body, r.stars AS stars, s.feedback AS feedback, s.channel AS channel, s.rating AS rating, mood_of.mood_of AS mood_of FROM reviews AS r JOIN support AS s USING (id) CROSS JOIN LATERAL public.mood_of(r.body, 'en'::text) AS mood_of;
