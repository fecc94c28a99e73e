SELECT moods, mood_of(feedback) FROM moods, support;
