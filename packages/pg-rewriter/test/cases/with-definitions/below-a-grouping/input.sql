-- The query below the grouping takes along the WITH query that it reads.
WITH c AS (SELECT id, feedback, channel FROM support LIMIT 9) SELECT channel, max((aws_comprehend.detect_sentiment(feedback, 'en')).sentiment), mood_of(max(feedback)) FROM c GROUP BY channel
