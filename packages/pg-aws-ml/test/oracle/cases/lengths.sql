-- parameters have types without lengths, whatever length was written: a blank-padded type is not one character
SELECT id, padded(lang, id) FROM reviews ORDER BY id;

SELECT padded('eu-west', 5), padded(NULL, 1);

SELECT padded('eu-west'::char(10), 5), padded('eu-west   '::text, 5), padded('eu-west'::varchar(3), 5);

-- lengths in WHERE
SELECT id FROM reviews WHERE padded(lang, id) = padded('en', id) ORDER BY id;

-- bits, and arrays of blank-padded texts
-- @replay
SELECT bits(B'10110010', ARRAY['ab', 'cd ']), bits(B'1', ARRAY['ab']::char(2)[]);

-- result columns
-- @replay
SELECT r.id, m.mood, m.note, length(m.mood), m.mood || '|' AS joined FROM reviews r, padded_mood(r.body) AS m ORDER BY r.id;

-- @replay
SELECT * FROM padded_mood('This is great');

-- columns of a blank-padded type
SELECT aws_sagemaker.invoke_endpoint('class', NULL, b.code, b.flags)
FROM (SELECT lang::char(8) AS code, id::bit(5) AS flags FROM reviews) AS b;

-- casts in the call
SELECT aws_sagemaker.invoke_endpoint('class', NULL, lang::char(5), 'ab'::char(3), 5::bit(4)) FROM reviews;

-- a table made of the result
-- @then SELECT id, code, length(code), pg_typeof(code)::text AS type FROM made ORDER BY id
-- @undo DROP TABLE IF EXISTS made
CREATE TABLE made AS SELECT id, mood_of(body)::char(9) AS code, id::bit(5) AS flags FROM reviews;

-- an array of blank-padded texts as one argument
SELECT aws_sagemaker.invoke_endpoint('class', NULL, ARRAY[lang, 'x']::char(6)[], id) FROM reviews;
