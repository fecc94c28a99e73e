WITH gone AS (DELETE FROM support WHERE rating < 2 RETURNING id, feedback) SELECT id, mood_of(feedback) FROM gone;
