const set = (words: string) => new Set(words.trim().split(/\s+/));

/** Words of SQL that stand before a parenthesis and cannot be names of a user's functions. */
export const wordsBeforeParenthesis: ReadonlySet<string> = set(`
  all and any array as between case coalesce cast distinct else except exists extract greatest group grouping having in
  intersect interval least limit not nullif offset on or order overlay position row select some substring then trim
  union using values when where numeric decimal varchar char character bit time timestamp float`);

/** Functions of PostgreSQL that statements of applications, drivers and tools call most. */
export const builtInFunctions: ReadonlySet<string> = set(`
  abs age array_agg array_append array_length array_position array_remove array_to_json array_to_string avg bit_length
  bool_and bool_or btrim cardinality ceil ceiling char_length character_length chr clock_timestamp concat concat_ws
  convert_from convert_to corr count cume_dist current_database current_schema current_schemas current_setting date_bin
  date_part date_trunc decode dense_rank encode every exp first_value floor format format_type gen_random_uuid
  generate_series generate_subscripts get_byte has_database_privilege has_schema_privilege has_table_privilege
  inet_client_addr inet_server_addr initcap isfinite json_agg json_array_length json_build_array json_build_object
  json_each json_object_agg jsonb_agg jsonb_array_elements jsonb_array_length jsonb_build_array jsonb_build_object
  jsonb_each jsonb_object_agg jsonb_pretty jsonb_set justify_days justify_hours lag last_value lead left length ln log
  lower lpad ltrim make_date make_interval make_timestamp max md5 min mod mode now nth_value ntile obj_description
  octet_length percent_rank percentile_cont percentile_disc pg_backend_pid pg_cancel_backend pg_column_size
  pg_conf_load_time pg_database_size pg_encoding_to_char pg_get_constraintdef pg_get_expr pg_get_function_result
  pg_get_functiondef pg_get_indexdef pg_get_serial_sequence pg_get_userbyid pg_get_viewdef pg_is_in_recovery
  pg_my_temp_schema pg_postmaster_start_time pg_relation_size pg_size_pretty pg_sleep pg_table_is_visible
  pg_table_size pg_terminate_backend pg_total_relation_size pg_typeof pi power quote_ident quote_literal quote_nullable
  random rank regexp_match regexp_matches regexp_replace regexp_split_to_array repeat replace reverse right round row_number
  row_to_json rpad rtrim sha256 sign split_part sqrt starts_with statement_timestamp stddev string_agg string_to_array strpos
  substr sum timeofday to_char to_date to_json to_jsonb to_number to_regclass to_timestamp transaction_timestamp translate
  trunc txid_current unnest upper variance version width_bucket`);

/** Types of PostgreSQL, by the first word of each of their names. */
export const builtInTypes: ReadonlySet<string> = set(`
  bigint bigserial bit bool boolean bpchar bytea char character cidr date decimal double float float4 float8 inet int int2
  int4 int8 integer interval json jsonb money name numeric oid real regclass regproc regtype serial smallint text time
  timestamp timestamptz timetz uuid varchar xml`);
