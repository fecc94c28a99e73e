SELECT count(*) FILTER (WHERE mood_of(feedback) = 'P'), string_agg(mood_of(feedback), ',') FILTER (WHERE rating > 1) FROM support;
