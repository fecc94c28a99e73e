SELECT mood_of(feedback) AS a, mood_of(feedback, 'fr') AS b, mood_of(feedback) || '!' AS c FROM support;
