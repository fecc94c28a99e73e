SELECT COALESCE(mood_of(feedback), mood_of(channel), 'none') AS m FROM support;
