SELECT mood_of(feedback) FROM support UNION SELECT mood_of(body, 'fr') FROM reviews ORDER BY 1;
