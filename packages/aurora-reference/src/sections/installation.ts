import type { ReferenceSection } from '../statement.js';

export const installation: ReferenceSection = {
  subject: 'Installing the extension',
  statements: [
    {
      shows: 'a server that does not know the extension',
      sql: "SELECT count(*)::int FROM pg_available_extensions WHERE name IN ('aws_ml', 'aws_commons')",
      rows: [[0]],
    },
    {
      shows: 'CREATE EXTENSION with what it requires',
      sql: 'CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE',
      command: 'CREATE',
      notices: ['installing required extension "aws_commons"'],
    },
    {
      shows: 'CREATE EXTENSION again',
      sql: 'CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE',
      command: 'CREATE',
      notices: ['extension "aws_ml" already exists, skipping'],
    },
    {
      shows: 'the administrative role',
      sql: "SELECT rolname::text, rolcanlogin FROM pg_roles WHERE rolname = 'aws_ml'",
      rows: [['aws_ml', false]],
    },
    {
      shows: 'the functions with the documented parameters',
      sql: `SELECT r.routine_schema::text, r.routine_name::text,
                   string_agg(concat_ws(' ', p.parameter_mode, p.parameter_name, p.data_type), ', ' ORDER BY p.ordinal_position)
              FROM information_schema.routines r JOIN information_schema.parameters p USING (specific_schema, specific_name)
             WHERE r.routine_schema IN ('aws_comprehend', 'aws_bedrock')
             GROUP BY r.specific_schema, r.specific_name, r.routine_schema, r.routine_name ORDER BY 1, 2`,
      rows: [
        [
          'aws_bedrock',
          'invoke_model',
          'IN model_id character varying, IN content_type text, IN accept_type text, IN model_input text, OUT model_output character varying',
        ],
        [
          'aws_bedrock',
          'invoke_model_get_embeddings',
          'IN model_id character varying, IN content_type text, IN json_key text, IN model_input text, OUT model_output ARRAY',
        ],
        [
          'aws_comprehend',
          'detect_sentiment',
          'IN input_text character varying, IN language_code character varying, IN max_rows_per_batch integer, OUT sentiment character varying, OUT confidence real',
        ],
      ],
    },
    {
      shows: 'invoke_endpoint, which takes any inputs after its first two',
      sql: `SELECT proargnames[1:2]::text[], provariadic <> 0, format_type(prorettype, NULL), procost
              FROM pg_proc WHERE oid = 'aws_sagemaker.invoke_endpoint'::regproc`,
      rows: [[['endpoint_name', 'max_rows_per_batch'], true, 'character varying', 5000]],
    },
  ],
};
