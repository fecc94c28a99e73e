/** Arguments and results of many types: each argument keeps its own, whatever was called before. */
import fc, { type Arbitrary } from 'fast-check';
import { ordered, pick, type Scenario, step, type Topic } from './scenario.js';

const typed: readonly (readonly [type: string, expressions: readonly string[]])[] = [
  ['char(16)', ['i.fixed', `'eu-west'::char(10)`, 'i.fixed::char(3)']],
  ['bpchar', ['i.fixed']],
  ['"char"', [`'x'::"char"`]],
  ['varchar(9)', ['i.kind', `'kind'::varchar(3)`]],
  ['bit(6)', ['i.flags', `B'101010'`]],
  ['bit varying(8)', [`B'1011'::varbit`, 'i.flags::varbit']],
  ['numeric', ['i.price', '1.50', '7.00::numeric(6,1)']],
  ['numeric(8,3)', ['i.price', 'i.price * 2']],
  ['real', ['1.5::real', 'i.amount::real / 4']],
  ['float8', ['i.amount / 8.0::float8', '1e20::float8']],
  ['int8', ['i.id::int8', '12345678901']],
  ['smallint', ['i.id::smallint']],
  ['int', ['i.id', 'i.amount', '7']],
  ['short_text', ['i.note']],
  ['rating', ['i.level', `'good'::rating`]],
  ['text[]', ['i.tags', `'{}'::text[]`, `ARRAY['x', NULL, 'a,b']`]],
  ['int[]', ['ARRAY[i.id, i.amount]']],
  ['char(4)[]', [`ARRAY[i.fixed, 'zz']::char(4)[]`]],
  ['outcome', ['i.shape', 'ROW(1.5, i.id)::outcome']],
  ['date', [`date '2024-02-03' + i.id`]],
  ['timestamptz', [`timestamptz '2024-02-03 10:00+00' + i.id * interval '1 hour'`]],
  ['interval', [`i.id * interval '1 day 2 hours'`]],
  ['boolean', ['i.id > 3']],
  ['jsonb', [`jsonb_build_object('k', i.id)`]],
  ['bytea', [`'\\x01ff'::bytea`]],
  ['uuid', [`'00000000-0000-4000-8000-000000000001'::uuid`]],
];
const literals = pick(`'text'`, 'NULL', `'1.50'`, '1.50', `''`);

const typedValue = pick(...typed).chain(([type, expressions]) =>
  pick(...expressions).map((expression) => ({ type, expression })),
);
const value: Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: typedValue.map((v) => v.expression) },
  { weight: 1, arbitrary: literals },
);

const direct: Arbitrary<Scenario> = fc
  .tuple(
    fc.array(value, { minLength: 1, maxLength: 4 }),
    fc.array(value, { minLength: 1, maxLength: 2 }),
    pick('', 'plpgsql_mood(i.kind), ', 'EXISTS (SELECT 1 FROM products p WHERE p.id = i.id), '),
  )
  .map(([some, more, other]) => ({
    steps: [
      ordered(
        `SELECT ${other}aws_sagemaker.invoke_endpoint('echo', NULL, ${some.join(', ')}) AS a, aws_sagemaker.invoke_endpoint('echo', 4, ${more.join(', ')}) AS b FROM items i WHERE i.id < 6 ORDER BY i.id`,
      ),
    ],
    writes: false,
  }));

const wrapped: Arbitrary<Scenario> = fc
  .tuple(typedValue, typedValue, pick('sql', 'plpgsql'), pick('text', 'char(12)', 'short_text', 'varchar(20)'))
  .map(([a, b, language, result]) => {
    const call = `aws_sagemaker.invoke_endpoint('echo', NULL, $1, $2)`;
    const body = language === 'sql' ? `SELECT ${call}::${result}` : `BEGIN RETURN ${call}; END`;
    return {
      steps: [
        step(`CREATE FUNCTION w_v(a ${a.type}, b ${b.type}) RETURNS ${result} LANGUAGE ${language} AS $f$ ${body} $f$`),
        ordered(
          `SELECT i.id, w_v(${a.expression}, ${b.expression}) AS v, w_v(a => ${a.expression}, b => NULL) || '|' AS w FROM items i WHERE i.id < 5 ORDER BY i.id`,
        ),
      ],
      writes: false,
      clean: 'DROP FUNCTION IF EXISTS w_v',
    };
  });

const results: Arbitrary<Scenario> = pick(
  `SELECT i.id, aws_sagemaker.invoke_endpoint('pair', NULL, i.id)::outcome AS o, (aws_sagemaker.invoke_endpoint('pair', NULL, i.id)::outcome).class FROM items i ORDER BY i.id`,
  `SELECT i.id, aws_sagemaker.invoke_endpoint('class', NULL, i.price)::numeric(5,2) AS n, aws_sagemaker.invoke_endpoint('score', NULL, i.flags)::float4 AS f FROM items i ORDER BY i.id`,
  `SELECT i.id, aws_sagemaker.invoke_endpoint('label', NULL, i.fixed)::char(5) || '|' AS c, (aws_comprehend.detect_sentiment(i.fixed, 'en')).* FROM items i ORDER BY i.id`,
  `SELECT array_agg(aws_sagemaker.invoke_endpoint('label', NULL, i.level)::char(4) ORDER BY i.id) AS c FROM items i`,
  `SELECT i.id, aws_bedrock.invoke_model_get_embeddings('oracle.embed', 'application/json', 'embedding', i.fixed) AS e FROM items i ORDER BY i.id`,
).map((sql) => ({ steps: [ordered(sql)], writes: false }));

const created: Arbitrary<Scenario> = typedValue.map(({ type, expression }) => ({
  steps: [
    step(
      `CREATE TABLE w_c AS SELECT i.id, ${expression} AS v, aws_sagemaker.invoke_endpoint('echo', NULL, ${expression}) AS e, aws_sagemaker.invoke_endpoint('label', NULL, ${expression})::char(5) AS c FROM items i`,
    ),
    ordered(
      `SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = to_regclass('w_c') AND attnum > 0 ORDER BY attnum`,
    ),
    ordered('SELECT * FROM w_c ORDER BY id'),
    step(`PREPARE w_q(${type}) AS SELECT aws_sagemaker.invoke_endpoint('echo', NULL, $1) AS e`),
    step(`EXECUTE w_q((SELECT ${expression} FROM items i WHERE i.id = 2))`),
  ],
  writes: false,
  clean: 'DROP TABLE IF EXISTS w_c',
}));

const parameters: Arbitrary<Scenario> = pick<Scenario>(
  { steps: [step(`SELECT aws_sagemaker.invoke_endpoint('echo', NULL, $1)`, { values: ['x'] })], writes: false },
  {
    steps: [
      step(`SELECT aws_sagemaker.invoke_endpoint('echo', NULL, $1::char(5), $2::numeric)`, { values: ['x', '1.50'] }),
    ],
    writes: false,
  },
  {
    steps: [
      step(`SELECT id, aws_sagemaker.invoke_endpoint('echo', NULL, $1) FROM items WHERE id = $1`, { values: [3] }),
    ],
    writes: false,
  },
  {
    steps: [
      step(`SELECT mood_of($1), (aws_comprehend.detect_sentiment($1, 'en')).confidence FROM items WHERE kind = $2`, {
        values: ['text', 'rare'],
      }),
    ],
    writes: false,
  },
);

export const values: Topic = {
  name: 'values',
  weight: 4,
  scenarios: fc.oneof(
    { weight: 4, arbitrary: direct },
    { weight: 2, arbitrary: wrapped },
    results,
    created,
    parameters,
  ),
};
