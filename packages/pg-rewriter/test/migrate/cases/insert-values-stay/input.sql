INSERT INTO notes VALUES (1, mood_of('x'));
