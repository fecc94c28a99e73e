/** What the programs work on: reviews that the local services tell apart without doubt. */
export const reviewsSchema = `
  CREATE TABLE hotels (id int PRIMARY KEY, name text NOT NULL UNIQUE);
  CREATE TABLE reviews (
    id serial PRIMARY KEY,
    hotel_id int NOT NULL REFERENCES hotels,
    body text,
    rating int CONSTRAINT rating_is_a_grade CHECK (rating BETWEEN 1 AND 5),
    views bigint NOT NULL DEFAULT 0,
    tags jsonb NOT NULL DEFAULT '[]',
    written_at timestamptz NOT NULL DEFAULT '2024-03-01 12:00:00+00',
    sentiment text
  );
  INSERT INTO hotels VALUES (1, 'Bellevue'), (2, 'Astoria');
  INSERT INTO reviews (hotel_id, body, rating, views, tags) VALUES
    (1, 'I love this hotel, wonderful staff', 5, 9007199254740993, '["staff"]'),
    (1, 'Terrible room, awful smell', 1, 12, '["room", "smell"]'),
    (2, 'A great breakfast, simply excellent', 4, 7, '[]'),
    (2, 'Horrible noise and bad service', 2, 3, '["noise"]'),
    (2, NULL, 3, 0, '[]')`;

/** The sentiments of the reviews 1 to 5. */
export const sentiments = ['POSITIVE', 'NEGATIVE', 'POSITIVE', 'NEGATIVE', null];
