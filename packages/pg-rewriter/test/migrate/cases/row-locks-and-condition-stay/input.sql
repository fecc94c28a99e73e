SELECT id, CASE WHEN rating > 2 THEN mood_of(feedback) END FROM support FOR UPDATE;
