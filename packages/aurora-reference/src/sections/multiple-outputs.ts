import type { ReferenceSection } from '../statement.js';

const companies = [
  'CREATE TABLE companies (id int PRIMARY KEY, free_cash_flow numeric(18, 6), debt numeric(18, 6))',
  'INSERT INTO companies VALUES (1, 6, 2), (2, -1.5, 10), (3, 100, 1)',
];

export const multipleOutputs: ReferenceSection = {
  subject: 'A model with multiple outputs',
  statements: [
    {
      shows: 'a composite type for them',
      sql: `CREATE TYPE company_forecasts AS (
                six_month_estimated_return real,
                one_year_bankruptcy_probability float);`,
      command: 'CREATE',
    },
    {
      shows: 'a function that answers it',
      sql: `CREATE FUNCTION analyze_company (
                IN free_cash_flow NUMERIC(18, 6),
                IN debt NUMERIC(18,6),
                IN max_rows_per_batch INT DEFAULT NULL,
                OUT prediction company_forecasts)
            AS $$
                SELECT (aws_sagemaker.invoke_endpoint('endpt_name',
                   max_rows_per_batch,free_cash_flow, debt))::company_forecasts;
            $$ LANGUAGE SQL PARALLEL SAFE COST 5000;`,
      command: 'CREATE',
    },
    {
      shows: 'the composite',
      given: companies,
      sql: 'SELECT id, analyze_company(free_cash_flow, debt)::text FROM companies ORDER BY id',
      rows: [
        [1, '(1.5,0.25)'],
        [2, '(-0.375,1.25)'],
        [3, '(25,0.125)'],
      ],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'a field by name',
      sql: `SELECT id, (analyze_company(free_cash_flow, debt)).one_year_bankruptcy_probability
            FROM companies ORDER BY id`,
      columns: ['id integer', 'one_year_bankruptcy_probability double precision'],
      rows: [
        [1, 0.25],
        [2, 1.25],
        [3, 0.125],
      ],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'all fields by .*',
      sql: 'SELECT id, (analyze_company(free_cash_flow, debt, 2)).* FROM companies ORDER BY id',
      columns: ['id integer', 'six_month_estimated_return real', 'one_year_bankruptcy_probability double precision'],
      rows: [
        [1, 1.5, 0.25],
        [2, -0.375, 1.25],
        [3, 25, 0.125],
      ],
      requests: { sagemaker: 2 },
    },
    {
      shows: 'the built-in type point for pairs',
      sql: `SELECT (aws_sagemaker.invoke_endpoint('endpt_name', NULL, 6, 16)::point) <-> point(0, 0)`,
      rows: [[2.5]],
      requests: { sagemaker: 1 },
    },
  ],
};
