import type { ReferenceSection } from '../statement.js';

const events = [
  'CREATE TABLE events (id int PRIMARY KEY, event_type int, event_day date, amount real)',
  `INSERT INTO events VALUES (1, 3, '2024-02-07', 40), (2, NULL, '2024-02-01', 5), (3, 20, '2024-02-29', NULL),
     (4, 3, '2024-02-07', 40), (5, -1, NULL, 0)`,
];

export const sagemaker: ReferenceSection = {
  subject: 'Amazon SageMaker',
  statements: [
    {
      shows: 'a function for a model with two inputs',
      sql: `CREATE FUNCTION classify_event (IN arg1 INT, IN arg2 DATE, OUT category INT)
            AS $$
                SELECT aws_sagemaker.invoke_endpoint (
                    'sagemaker_model_endpoint_name', NULL,
                    arg1, arg2                      -- model inputs are separate arguments
                    )::INT                          -- cast the output to INT
            $$ LANGUAGE SQL PARALLEL SAFE COST 5000;`,
      command: 'CREATE',
    },
    {
      shows: 'its answers, equal inputs sent once and NULL as an empty field',
      given: events,
      sql: 'SELECT id, classify_event(event_type, event_day) FROM events ORDER BY id',
      columns: ['id integer', 'classify_event integer'],
      rows: [
        [1, 10],
        [2, 1001],
        [3, 49],
        [4, 10],
        [5, 999],
      ],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'a function that passes an array',
      sql: `CREATE FUNCTION regression_model (params REAL[], OUT estimate REAL)
            AS $$
                SELECT aws_sagemaker.invoke_endpoint (
                  'sagemaker_model_endpoint_name',
                  NULL,
                  params
                  )::REAL
            $$ LANGUAGE SQL PARALLEL SAFE COST 5000;`,
      command: 'CREATE',
    },
    {
      shows: 'the elements as separate fields',
      sql: "SELECT regression_model(p) FROM (VALUES (ARRAY[1.5, 2.25]::real[]), ('{0.5,NULL,4}')) v (p)",
      columns: ['regression_model real'],
      rows: [[3.75], [1004.5]],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'that an array may hold more elements than a function can have arguments',
      sql: 'SELECT regression_model(array_agg(i::real)) FROM generate_series(1, 150) i',
      rows: [[11325]],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'a function whose batch size the caller may choose',
      sql: `CREATE FUNCTION classify_event (
                IN event_type INT, IN event_day DATE, IN amount REAL, -- model inputs
                max_rows_per_batch INT DEFAULT NULL,                  -- optional batch size limit
                OUT category INT)                                     -- model output
            AS $$
                SELECT aws_sagemaker.invoke_endpoint (
                    'sagemaker_model_endpoint_name', max_rows_per_batch,
                    event_type, event_day, COALESCE(amount, 0.0)
                    )::INT              -- casts output to type INT
            $$ LANGUAGE SQL PARALLEL SAFE COST 5000;`,
      command: 'CREATE',
    },
    {
      shows: 'its answers, COALESCE in place of NULL',
      sql: 'SELECT id, classify_event(event_type, event_day, amount) AS category FROM events ORDER BY id',
      columns: ['id integer', 'category integer'],
      rows: [
        [1, 50],
        [2, 1006],
        [3, 49],
        [4, 50],
        [5, 999],
      ],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'a batch size by position',
      sql: 'SELECT sum(classify_event(event_type, event_day, amount, 2))::int FROM events',
      rows: [[2154]],
      // Four distinct inputs.
      requests: { sagemaker: 2 },
    },
    {
      shows: 'a batch size by name',
      sql: 'SELECT id FROM events WHERE classify_event(event_type, event_day, amount, max_rows_per_batch => 1) > 900 ORDER BY id',
      rows: [[2], [5]],
      requests: { sagemaker: 4 },
    },
    {
      shows: 'the EXECUTE privilege of each function by itself',
      sql: 'REVOKE EXECUTE ON FUNCTION regression_model FROM PUBLIC',
      command: 'REVOKE',
    },
    {
      shows: 'that a model can be closed to a role',
      as: 'tenant',
      sql: "SELECT regression_model('{1,2}')",
      fails: { code: '42501', message: 'permission denied for function regression_model' },
    },
    {
      todo: true,
      shows: 'that another model stays open to it',
      as: 'tenant',
      sql: "SELECT classify_event(1, date '2024-01-02')",
      rows: [[3]],
      requests: { sagemaker: 1 },
    },
  ],
};
