SELECT CASE WHEN rating > 2 THEN mood_of('a') END;
