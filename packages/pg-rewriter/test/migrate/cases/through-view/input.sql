SELECT id, mood FROM moods WHERE id < 3;
