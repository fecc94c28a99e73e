UPDATE support SET channel = mood_of(feedback);
