-- scan mood_of: mood_of('a', 'en'::text)
-- mood_of invokes aws_comprehend.detect_sentiment en
SELECT CASE WHEN rating > 2 THEN mood_of.mood_of END AS "case" FROM ( SELECT ) AS one_row LEFT JOIN LATERAL ( SELECT mood_of.* FROM LATERAL public.mood_of('a', 'en'::text) AS mood_of WHERE CASE WHEN rating > 2 THEN true ELSE false END OFFSET 0 ) AS mood_of ON true;
