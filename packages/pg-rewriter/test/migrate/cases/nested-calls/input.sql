SELECT mood_of(mood_of(feedback)) FROM support;
