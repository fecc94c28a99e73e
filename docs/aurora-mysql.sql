-- Aurora MySQL's functions of Comprehend, for SQL that is carried over. They are wrappers: calls travel in batches, and
-- both functions on the same text share one request. Run it once in each database that needs them, through the Pool, the
-- proxy or the CLI, behind CREATE EXTENSION aws_ml CASCADE.
CREATE OR REPLACE FUNCTION aws_comprehend_detect_sentiment(input_text text, language_code text, max_batch_size int DEFAULT 25)
  RETURNS text LANGUAGE sql PARALLEL SAFE COST 5000 AS
  $$ SELECT (aws_comprehend.detect_sentiment(input_text, language_code, max_batch_size)).sentiment $$;
CREATE OR REPLACE FUNCTION aws_comprehend_detect_sentiment_confidence(input_text text, language_code text, max_batch_size int DEFAULT 25)
  RETURNS double precision LANGUAGE sql PARALLEL SAFE COST 5000 AS
  $$ SELECT (aws_comprehend.detect_sentiment(input_text, language_code, max_batch_size)).confidence $$;
