SELECT mood_of(body), f.mood FROM reviews, foreign_moods f;
