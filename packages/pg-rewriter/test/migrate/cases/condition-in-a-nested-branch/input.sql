SELECT CASE WHEN rating > 1 THEN CASE WHEN mood_of(mood_of(feedback)) = 'x' THEN mood_of(feedback) END END FROM support;
