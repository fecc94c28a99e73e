SELECT id FROM support WHERE rating > 1 AND mood_of(feedback) = 'x' AND (channel = 'web' OR mood_of(channel) = 'y');
