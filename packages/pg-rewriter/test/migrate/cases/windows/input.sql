SELECT row_number() OVER (ORDER BY mood_of(feedback)), mood_of(row_number() OVER (ORDER BY id)::text) FROM support;
