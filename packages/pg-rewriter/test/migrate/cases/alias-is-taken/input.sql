SELECT mood_of.id, mood_of(mood_of.body) FROM reviews AS mood_of;
