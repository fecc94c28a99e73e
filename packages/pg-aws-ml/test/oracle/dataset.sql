-- Tables, types, functions and views of the oracle's statements. Run in both databases.

CREATE TYPE rating AS ENUM ('poor', 'fair', 'good');
CREATE TYPE outcome AS (score real, class int);
CREATE DOMAIN short_text AS text CHECK (length(VALUE) < 200);

CREATE TABLE products (id int PRIMARY KEY, name text NOT NULL, category text, price numeric(8,2), weight float8);
INSERT INTO products VALUES
  (1, 'Kettle', 'kitchen', 24.90, 0.9), (2, 'Toaster', 'kitchen', 39.00, 1.5), (3, 'Lamp', 'home', 15.50, NULL),
  (4, 'Chair', 'home', 79.00, 6.25), (5, 'Drill', 'tools', 99.99, 2.125), (6, 'Saw', 'tools', NULL, 1.75),
  (7, 'Tent, "XL"', NULL, 149.00, 4.5), (8, 'Unsold', 'misc', 1.00, 0.1);

-- 64 rows; texts repeat (ids 41 to 52 say what 1 to 12 say), four are NULL.
CREATE TABLE reviews (
  id int PRIMARY KEY, product_id int, lang text NOT NULL, body text, stars int, grade rating, at date, tags text[]);
INSERT INTO reviews
SELECT i, CASE WHEN i % 9 = 0 THEN NULL ELSE 1 + i % 7 END, (ARRAY['en', 'fr', 'de'])[1 + (i * i) % 3],
       CASE WHEN i % 16 = 15 THEN NULL
            ELSE format('Review %s of %s', CASE WHEN i BETWEEN 41 AND 52 THEN i - 40 ELSE i END,
                        (ARRAY['a kettle', 'some "quoted", text', E'two\nlines', 'ünï → 😀'])[1 + i % 4]) END,
       CASE WHEN i % 11 = 0 THEN NULL ELSE 1 + (i * 7) % 5 END,
       (ARRAY['poor', 'fair', 'good'])[1 + i % 3]::rating, date '2024-01-01' + i,
       CASE i % 3 WHEN 0 THEN ARRAY['new', format('t%s', i % 5)] WHEN 1 THEN '{}'::text[] END
FROM generate_series(1, 64) i;

CREATE TABLE tickets (id bigint PRIMARY KEY, subject varchar(80) NOT NULL, review_id int, open boolean NOT NULL, due timestamp);
INSERT INTO tickets
SELECT i, format('Ticket %s', i % 7), CASE WHEN i % 4 = 0 THEN NULL ELSE i * 3 END, i % 2 = 0, timestamp '2024-03-01 12:00' + i * interval '1 day'
FROM generate_series(1, 18) i;

CREATE TABLE readings (id int PRIMARY KEY, sensor text NOT NULL, v1 int, v2 float8, v3 numeric(6,2), ok boolean);
INSERT INTO readings
SELECT i, (ARRAY['north', 'south'])[1 + i % 2], i % 10, i / 4.0::float8, CASE WHEN i % 6 = 0 THEN NULL ELSE i * 1.25 END, i % 3 = 0
FROM generate_series(1, 30) i;

CREATE TABLE empty_reviews (LIKE reviews);
CREATE TABLE moods (name varchar PRIMARY KEY, weight int);
INSERT INTO moods VALUES ('POSITIVE', 3), ('NEGATIVE', -3), ('NEUTRAL', 0);

CREATE TABLE scored (id int, mood varchar(20) DEFAULT 'unknown', confidence real, note text DEFAULT 'default');
CREATE TABLE scored_keys (id int GENERATED ALWAYS AS IDENTITY, mood text, class int);

CREATE FUNCTION mood_of(t text, lang text DEFAULT 'en') RETURNS varchar LANGUAGE sql AS
$$ SELECT (aws_comprehend.detect_sentiment(t, lang)).sentiment $$;
CREATE FUNCTION mood_pair(t text, OUT mood varchar, OUT sure real) LANGUAGE sql AS
$$ SELECT s.sentiment, s.confidence FROM aws_comprehend.detect_sentiment(t, 'en') s $$;
CREATE FUNCTION mood_row(t text) RETURNS TABLE (mood varchar, sure real) LANGUAGE sql AS
$$ SELECT s.sentiment, s.confidence FROM aws_comprehend.detect_sentiment(t, 'en') AS s $$;
CREATE FUNCTION mood_twice(t text) RETURNS text LANGUAGE sql AS $$ SELECT mood_of(t) || '/' || mood_of(t, 'fr') $$;
CREATE FUNCTION strict_mood(t text) RETURNS text LANGUAGE sql STRICT AS
$$ SELECT (aws_comprehend.detect_sentiment(t, 'de')).sentiment $$;
CREATE FUNCTION class_of(v1 int, v2 float8, max_rows_per_batch int DEFAULT NULL, OUT class int) LANGUAGE sql AS
$$ SELECT aws_sagemaker.invoke_endpoint('class', max_rows_per_batch, v1, COALESCE(v2, 0.0))::int $$;
CREATE FUNCTION score_of(VARIADIC vals numeric[]) RETURNS real LANGUAGE sql AS
$$ SELECT aws_sagemaker.invoke_endpoint('score', NULL, vals)::real $$;
CREATE FUNCTION score_all(vals int[]) RETURNS real LANGUAGE sql AS
$$ SELECT aws_sagemaker.invoke_endpoint('score', 10, vals)::real $$;
CREATE FUNCTION outcome_of(v int, OUT o outcome) LANGUAGE sql AS
$$ SELECT aws_sagemaker.invoke_endpoint('pair', NULL, v)::outcome $$;
CREATE FUNCTION outcome_cast(v numeric) RETURNS outcome LANGUAGE sql AS
$$ SELECT CAST(aws_sagemaker.invoke_endpoint('pair', NULL, v) AS outcome) $$;
CREATE FUNCTION embed(t text) RETURNS float8[] LANGUAGE sql AS
$$ SELECT aws_bedrock.invoke_model_get_embeddings(model_id := 'oracle.embed', content_type := 'application/json',
     json_key := 'embedding', model_input := '{"text":' || to_json(t)::text || '}') $$;
CREATE FUNCTION rated(a int) RETURNS text LANGUAGE sql AS
$$ SELECT 'int ' || aws_sagemaker.invoke_endpoint('class', NULL, a) $$;
CREATE FUNCTION rated(a int, b text) RETURNS text LANGUAGE sql AS
$$ SELECT 'int and text ' || aws_sagemaker.invoke_endpoint('class', NULL, a, b) $$;
CREATE FUNCTION padded(place char(16), n int8) RETURNS text LANGUAGE sql AS
$$ SELECT aws_sagemaker.invoke_endpoint('class', NULL, place, n) $$;
CREATE FUNCTION bits(b bit(8), names char(4)[]) RETURNS text LANGUAGE sql AS
$$ SELECT aws_sagemaker.invoke_endpoint('class', NULL, b, names) $$;
CREATE FUNCTION padded_mood(t char(60)) RETURNS TABLE (mood char(12), note bit(4)) LANGUAGE sql AS
$$ SELECT mood_of(t), B'1010' $$;
CREATE FUNCTION mood_body(r reviews) RETURNS text LANGUAGE sql AS
$$ SELECT (aws_comprehend.detect_sentiment(r.body, r.lang)).sentiment $$;
CREATE FUNCTION plain_upper(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper(t) $$;
CREATE FUNCTION share_of(p int) RETURNS numeric LANGUAGE sql AS
$$ SELECT avg(CASE WHEN (aws_comprehend.detect_sentiment(body, lang)).sentiment = 'POSITIVE' THEN 1 ELSE 0 END)
   FROM reviews WHERE product_id = p $$;
CREATE FUNCTION plpgsql_mood(t text) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$;
CREATE FUNCTION stable_mood(t text) RETURNS text LANGUAGE sql STABLE AS
$$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
CREATE FUNCTION secure_mood(t text) RETURNS text LANGUAGE sql SECURITY DEFINER AS
$$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
CREATE FUNCTION settled_mood(t text) RETURNS text LANGUAGE sql SET work_mem = '8MB' AS
$$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
CREATE FUNCTION said_twice(t text) RETURNS text LANGUAGE sql AS $$ SELECT t || '/' || t || '/' || mood_of(t) $$;
CREATE FUNCTION stable_moods(t text) RETURNS TABLE (mood varchar) LANGUAGE sql STABLE AS
$$ SELECT (aws_comprehend.detect_sentiment(t, 'en')).sentiment $$;
CREATE FUNCTION labelled(t text) RETURNS text LANGUAGE plpgsql AS
$$ BEGIN RETURN CASE WHEN t IS NULL THEN 'none' ELSE plpgsql_mood(t) || ':' || strict_mood(t) END; END $$;
CREATE TABLE noted (id int, body text, mood text);
CREATE FUNCTION note_mood() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.mood := mood_of(NEW.body); RETURN NEW; END $$;
CREATE TRIGGER note_mood BEFORE INSERT OR UPDATE OF body ON noted FOR EACH ROW EXECUTE FUNCTION note_mood();

CREATE VIEW review_moods AS
  SELECT r.id, r.product_id, (aws_comprehend.detect_sentiment(r.body, r.lang)).* FROM reviews r;
CREATE VIEW happy_reviews AS SELECT id, product_id, confidence FROM review_moods WHERE sentiment = 'POSITIVE';
CREATE VIEW product_moods AS
  SELECT p.name, m.sentiment, count(*) AS n FROM products p JOIN review_moods m ON m.product_id = p.id GROUP BY 1, 2;
