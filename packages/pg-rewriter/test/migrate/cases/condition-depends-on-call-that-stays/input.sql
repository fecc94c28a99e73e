SELECT CASE WHEN plmood(feedback) = 'x' THEN mood_of(feedback) END, mood_of(channel) FROM support;
