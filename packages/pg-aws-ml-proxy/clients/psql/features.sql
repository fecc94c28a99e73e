-- What people type at psql, and what their scripts do.
\pset null '(null)'
\set calls 'SELECT id, (aws_comprehend.detect_sentiment(body, ''en'')).* FROM docs'
:calls WHERE id <= 5 ORDER BY id;
:calls WHERE id <= 5 \gdesc
\x
:calls WHERE id = 3;
\x
\pset format csv
:calls WHERE id <= 5 ORDER BY id;
\pset format aligned

\echo == in portions, by a cursor of psql's own
\set FETCH_COUNT 7
:calls ORDER BY id;
\unset FETCH_COUNT

\echo == variables
SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment AS mood FROM docs WHERE id = 3 \gset
\echo :mood
SELECT format('SELECT %s AS id, (aws_comprehend.detect_sentiment(%L, ''en'')).sentiment', id, body) FROM docs WHERE id <= 3 ORDER BY id \gexec

\echo == errors
SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment;
\echo :SQLSTATE
SELECT (aws_comprehend.detect_sentiment(nowhere, 'en')).sentiment FROM docs;
\echo :SQLSTATE
\set ON_ERROR_ROLLBACK on
BEGIN;
INSERT INTO moods SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs WHERE id <= 3;
SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment;
SELECT * FROM moods ORDER BY id;
ROLLBACK;
\set AUTOCOMMIT off
INSERT INTO moods SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs WHERE id <= 3;
ROLLBACK;
\set AUTOCOMMIT on
SELECT count(*) FROM moods;

\echo == COPY
\copy (SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs WHERE id < 4 ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER)
COPY moods FROM STDIN;
100	copied
101	\N
\.
SELECT * FROM moods ORDER BY id;
DELETE FROM moods;

\echo == prepared statements and cursors
PREPARE some(int) AS SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs WHERE id = $1;
EXECUTE some(4);
EXECUTE some(5);
DEALLOCATE some;
BEGIN;
DECLARE c SCROLL CURSOR FOR SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs ORDER BY id;
FETCH 3 FROM c;
FETCH BACKWARD 2 FROM c;
MOVE ALL IN c;
FETCH PRIOR FROM c;
COMMIT;

\echo == several statements in one message
SELECT 1 \; SELECT (aws_comprehend.detect_sentiment('two', 'en')).sentiment \; SELECT 3;
\d docs
