-- The ML functions as ordinary functions that compute the same as `ml-semantics.ts`, row by row.
-- Each call that natively would be a request is reported as a NOTICE: what was sent where, and the batch size in force.

CREATE SCHEMA aws_comprehend;
CREATE SCHEMA aws_sagemaker;
CREATE SCHEMA aws_bedrock;
CREATE SCHEMA oracle;

CREATE FUNCTION oracle.report(service text, target text, input text, most_rows int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  RAISE NOTICE 'oracle call %', json_build_object(
    'service', service, 'target', target, 'input', md5(input),
    'mostRows', CASE WHEN most_rows IS NOT NULL THEN greatest(1, most_rows) END);
END $$;

-- Where a failed call is NULL (`oracle.on_error`), the caller returns.
CREATE FUNCTION oracle.refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('oracle.on_error', true) = 'null' THEN RETURN; END IF;
  RAISE EXCEPTION 'the service refuses: %', why USING ERRCODE = '38000';
END $$;

CREATE FUNCTION oracle.denies(service text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN coalesce(current_setting('oracle.denies', true) = service, false);
END $$;

-- The number that `digits` hexadecimal digits of the text's hash make.
CREATE FUNCTION oracle.hash(input text, first_digit int, digits int) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT ('x' || lpad(substr(md5(convert_to(input, 'UTF8')), first_digit + 1, digits), 8, '0'))::bit(32)::int
$$;

CREATE FUNCTION aws_comprehend.detect_sentiment(
  IN input_text varchar, IN language_code varchar, IN max_rows_per_batch int DEFAULT NULL,
  OUT sentiment varchar, OUT confidence real)
LANGUAGE plpgsql VOLATILE COST 5000 AS $$
BEGIN
  IF input_text IS NULL THEN RETURN; END IF;
  IF language_code IS NULL THEN
    RAISE EXCEPTION 'language_code must not be null' USING ERRCODE = '22004';
  END IF;
  PERFORM oracle.report('comprehend', language_code, input_text, least(25, max_rows_per_batch));
  IF oracle.denies('comprehend') THEN PERFORM oracle.refuse('denied'); RETURN; END IF;
  IF input_text = '' THEN PERFORM oracle.refuse('empty'); RETURN; END IF;
  IF language_code NOT IN ('en', 'fr', 'de') THEN PERFORM oracle.refuse('language'); RETURN; END IF;
  sentiment := (ARRAY['POSITIVE', 'NEGATIVE', 'NEUTRAL', 'MIXED'])
    [1 + oracle.hash(language_code || ':' || input_text, 0, 1) % 4];
  confidence := (64 + oracle.hash(language_code || ':' || input_text, 1, 2) / 2) / 256.0;
END $$;

CREATE FUNCTION oracle.predict(endpoint_name text, max_rows_per_batch int, fields text[]) RETURNS varchar
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  line text := coalesce((SELECT string_agg(coalesce(f, ''), '|' ORDER BY n) FROM unnest(fields) WITH ORDINALITY u(f, n)), '');
BEGIN
  IF endpoint_name IS NULL THEN
    RAISE EXCEPTION 'endpoint_name must not be null' USING ERRCODE = '22004';
  END IF;
  PERFORM oracle.report('sagemaker', endpoint_name, line, max_rows_per_batch);
  IF oracle.denies('sagemaker') THEN PERFORM oracle.refuse('denied'); RETURN NULL; END IF;
  CASE endpoint_name
    WHEN 'class' THEN RETURN oracle.hash(line, 0, 4) % 7;
    WHEN 'score' THEN RETURN trim_scale(oracle.hash(line, 0, 3) / 16.0);
    WHEN 'label' THEN RETURN (ARRAY['low', 'mid', 'high'])[1 + oracle.hash(line, 0, 4) % 3];
    WHEN 'pair' THEN RETURN format('(%s,%s)', trim_scale(oracle.hash(line, 0, 3) / 16.0), oracle.hash(line, 0, 4) % 7);
    WHEN 'echo' THEN RETURN '= ' || line;
    ELSE PERFORM oracle.refuse('no such endpoint');
  END CASE;
  RETURN NULL;
END $$;

-- The model inputs of a call, as `native-text.ts` writes them. What an array holds are fields of their own.
CREATE TYPE oracle.field_list AS (fields text[]);
CREATE FUNCTION oracle.fields(argument anynonarray) RETURNS oracle.field_list LANGUAGE sql COST 0.01 AS $$
  SELECT ROW(ARRAY[CASE WHEN num_nulls($1) = 0 THEN format('%s', $1) END])::oracle.field_list
$$;
CREATE FUNCTION oracle.fields(argument anyarray) RETURNS oracle.field_list LANGUAGE sql COST 0.01 AS $$
  SELECT ROW(CASE WHEN $1 IS NULL THEN ARRAY[NULL::text] ELSE
    ARRAY(SELECT CASE WHEN e IS NOT NULL THEN format('%s', e) END FROM unnest($1) WITH ORDINALITY u(e, n) ORDER BY n)
  END)::oracle.field_list
$$;
-- An untyped literal is text; a char(n) keeps its blanks.
CREATE FUNCTION oracle.fields(argument text) RETURNS oracle.field_list LANGUAGE sql COST 0.01 AS $$
  SELECT ROW(ARRAY[$1])::oracle.field_list
$$;
CREATE FUNCTION oracle.fields(argument bpchar) RETURNS oracle.field_list LANGUAGE sql COST 0.01 AS $$
  SELECT ROW(ARRAY[CASE WHEN $1 IS NOT NULL THEN format('%s', $1) END])::oracle.field_list
$$;
-- Of the same category as text, and so not to be told from it otherwise.
CREATE FUNCTION oracle.fields(argument "char") RETURNS oracle.field_list LANGUAGE sql COST 0.01 AS $$
  SELECT ROW(ARRAY[CASE WHEN $1 IS NOT NULL THEN format('%s', $1) END])::oracle.field_list
$$;
-- An untyped parameter is an error, as it is of every VARIADIC "any".
CREATE FUNCTION oracle.known(VARIADIC "any") RETURNS text LANGUAGE internal STABLE AS 'text_concat';
CREATE FUNCTION oracle.known_fields(text, anynonarray) RETURNS oracle.field_list LANGUAGE sql AS $$ SELECT oracle.fields($2) $$;
CREATE FUNCTION oracle.known_fields(text, anyarray) RETURNS oracle.field_list LANGUAGE sql AS $$ SELECT oracle.fields($2) $$;
CREATE FUNCTION oracle.known_fields(text, text) RETURNS oracle.field_list LANGUAGE sql AS $$ SELECT oracle.fields($2) $$;
CREATE FUNCTION oracle.known_fields(text, "char") RETURNS oracle.field_list LANGUAGE sql AS $$ SELECT oracle.fields($2) $$;
CREATE FUNCTION oracle.known_fields(text, bpchar) RETURNS oracle.field_list LANGUAGE sql AS $$ SELECT oracle.fields($2) $$;

CREATE FUNCTION aws_sagemaker.invoke_endpoint(
  IN endpoint_name varchar, IN max_rows_per_batch int, VARIADIC model_input oracle.field_list[], OUT model_output varchar)
LANGUAGE plpgsql VOLATILE COST 5000 AS $$
BEGIN
  model_output := oracle.predict(endpoint_name, max_rows_per_batch,
    ARRAY(SELECT f FROM unnest(model_input) WITH ORDINALITY a(fields, i), unnest(a.fields) WITH ORDINALITY b(f, j)
          ORDER BY i, j));
END $$;

CREATE FUNCTION oracle.respond(
  IN model_id varchar, IN content_type text, IN accept_type text, IN model_input text, OUT model_output varchar)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  IF model_id IS NULL OR model_input IS NULL THEN RETURN; END IF;
  PERFORM oracle.report('bedrock', model_id, concat_ws('|', content_type, accept_type, model_input), 1);
  IF oracle.denies('bedrock') THEN PERFORM oracle.refuse('denied'); RETURN; END IF;
  IF model_input = '' THEN PERFORM oracle.refuse('empty'); RETURN; END IF;
  CASE model_id
    WHEN 'oracle.text' THEN model_output := format('{"completion":"%s"}', left(md5(convert_to(model_input, 'UTF8')), 6));
    WHEN 'oracle.echo' THEN model_output := model_input;
    WHEN 'oracle.embed' THEN
      model_output := format('{"embedding":[%s]}', array_to_string(oracle.embedding(model_input), ','));
    ELSE PERFORM oracle.refuse('no such model');
  END CASE;
END $$;

CREATE FUNCTION aws_bedrock.invoke_model(
  IN model_id varchar, IN content_type text, IN accept_type text, IN model_input text, OUT model_output varchar)
LANGUAGE plpgsql VOLATILE COST 5000 AS $$
BEGIN
  model_output := oracle.respond(model_id, content_type, accept_type, model_input);
END $$;

CREATE FUNCTION oracle.embedding(input text) RETURNS float8[] LANGUAGE sql IMMUTABLE AS $$
  SELECT array_agg((oracle.hash(input, 2 * i, 2) - 128) / 16.0::float8 ORDER BY i) FROM generate_series(0, 2) i
$$;

CREATE FUNCTION aws_bedrock.invoke_model_get_embeddings(
  IN model_id varchar, IN content_type text, IN json_key text, IN model_input text, OUT model_output float8[])
LANGUAGE plpgsql VOLATILE COST 5000 AS $$
DECLARE
  answer text;
BEGIN
  IF model_id IS NULL OR model_input IS NULL THEN RETURN; END IF;
  IF json_key IS NULL THEN
    RAISE EXCEPTION 'json_key must not be null' USING ERRCODE = '22004';
  END IF;
  answer := oracle.respond(model_id, content_type, 'application/json', model_input);
  IF answer IS NULL THEN RETURN; END IF;
  IF answer::jsonb -> json_key IS NULL THEN PERFORM oracle.refuse('no such key'); END IF;
  model_output := ARRAY(SELECT e::float8 FROM jsonb_array_elements_text(answer::jsonb -> json_key) e);
END $$;

-- As the extension grants them.
GRANT USAGE ON SCHEMA oracle, aws_comprehend, aws_sagemaker, aws_bedrock TO PUBLIC;
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA aws_comprehend, aws_sagemaker, aws_bedrock FROM PUBLIC;
