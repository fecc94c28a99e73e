SELECT mood_of(unnest(array['a','b']));
