-- What the documents query: one table with a few rows, and the role of an application.
CREATE TABLE reviews (
  id int PRIMARY KEY,
  product text NOT NULL,
  stars int NOT NULL,
  body text
);

INSERT INTO reviews VALUES
  (1, 'kettle', 1, 'It leaks. Terrible.'),
  (2, 'kettle', 5, 'Wonderful!'),
  (3, 'lamp', 2, 'Broken on arrival, awful.'),
  (4, 'lamp', 1, 'Dead after a week, what a disappointment.'),
  (5, 'lamp', 4, 'A nice lamp.');

DO $$
BEGIN
  CREATE ROLE app LOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL; -- Roles belong to the whole server.
END
$$;
