SELECT plmood(feedback), mood_of(feedback) FROM support;
