import { readModelStatement } from 'pg-rewriter';
import { expect, it } from 'vitest';

const read = (text: string) => readModelStatement(text);
const training = (clauses: string) =>
  read(`CREATE MODEL m FROM t TARGET y FUNCTION f IAM_ROLE default ${clauses} SETTINGS (S3_BUCKET 'bucket')`);

it("reads Redshift's example, whose order is its own and whose parenthesis is not closed", () => {
  expect(
    read(`CREATE MODEL customer_churn_model FROM customer_activity PROBLEM_TYPE BINARY_CLASSIFICATION TARGET churn
FUNCTION customer_churn_predict IAM_ROLE {default} AUTO ON SETTINGS ( S3_BUCKET 'amzn-s3-demo-bucket'`),
  ).toEqual({
    kind: 'train model',
    name: { schema: undefined, name: 'customer_churn_model', position: 14 },
    source: { kind: 'table', table: { schema: undefined, name: 'customer_activity', position: 40 } },
    target: { name: 'churn', position: 100 },
    function: { schema: undefined, name: 'customer_churn_predict', position: 115 },
    iamRole: undefined,
    auto: true,
    modelType: undefined,
    problemType: 'binary_classification',
    objective: undefined,
    preprocessors: undefined,
    hyperparameters: new Map(),
    settings: {
      bucket: 'amzn-s3-demo-bucket',
      tags: [],
      kmsKeyId: undefined,
      garbageCollect: true,
      maxCells: 1_000_000,
      maxRuntime: 5400,
    },
  });
});

it('cuts out the query by its parentheses, with its position', () => {
  const query = ` SELECT ')' AS "a)" /* ( /* ) */ */, $$)$$, E'\\')', (1) -- )\n FROM t `;
  const text = `create model "S".m from (${query}) target y function s.f iam_role 'arn:aws:iam::1:role/r' settings(s3_bucket 'abc');`;
  expect(read(text)).toMatchObject({
    name: { schema: 'S', name: 'm' },
    function: { schema: 's', name: 'f' },
    iamRole: 'arn:aws:iam::1:role/r',
    source: { kind: 'query', text: query, start: text.indexOf(query) },
  });
});

it('counts positions in characters, as PostgreSQL does', () => {
  expect(read(`SHOW /* 😀 */ MODEL m`)).toMatchObject({ name: { position: 20 } });
  expect(
    read(`CREATE MODEL "😀" FROM (SELECT '😀') TARGET y FUNCTION f IAM_ROLE default SETTINGS (S3_BUCKET 'abc')`),
  ).toMatchObject({
    source: { start: 23 },
    target: { position: 43 },
  });
});

it.each([
  [
    "AUTO OFF MODEL_TYPE XGBOOST OBJECTIVE 'binary:logistic' PREPROCESSORS 'none' HYPERPARAMETERS DEFAULT EXCEPT (NUM_ROUND '10', eta 0.2)",
    {
      auto: false,
      modelType: 'xgboost',
      objective: 'binary:logistic',
      preprocessors: undefined,
      hyperparameters: new Map([
        ['num_round', '10'],
        ['eta', '0.2'],
      ]),
    },
  ],
  [
    "AUTO OFF MODEL_TYPE XGBOOST OBJECTIVE 'multi:softmax' HYPERPARAMETERS DEFAULT EXCEPT (num_class '3')",
    { hyperparameters: new Map([['num_class', '3']]) },
  ],
  ["auto off model_type xgboost objective 'REG:SquaredError'", { objective: 'reg:squarederror' }],
  [
    'AUTO OFF MODEL_TYPE Linear_Learner PROBLEM_TYPE (REGRESSION) HYPERPARAMETERS DEFAULT',
    { modelType: 'linear_learner', problemType: 'regression' },
  ],
  ["AUTO OFF MODEL_TYPE MLP OBJECTIVE 'F1'", { modelType: 'mlp', objective: 'F1' }],
  ["PROBLEM_TYPE MULTICLASS_CLASSIFICATION OBJECTIVE 'F1_Macro'", { auto: true, objective: 'F1macro' }],
  ["MODEL_TYPE XGBOOST OBJECTIVE 'AUC'", { auto: true, modelType: 'xgboost', objective: 'AUC' }],
  ['HYPERPARAMETERS DEFAULT', { hyperparameters: new Map() }],
  [
    `PREPROCESSORS '[{"ColumnSet":["c1","*"],"Transformers":["OneHotEncoder","imputer"]}]'`,
    {
      preprocessors: [{ columnSet: ['c1', '*'], transformers: ['OneHotEncoder', 'Imputer'] }],
    },
  ],
] as const)('reads %s', (clauses, expected) => {
  expect(training(clauses)).toMatchObject(expected);
});

it('reads KMEANS, which has no target', () => {
  expect(
    read(`CREATE MODEL m FROM t FUNCTION f IAM_ROLE default AUTO OFF MODEL_TYPE KMEANS PREPROCESSORS
      '[{"ColumnSet":["*"],"Transformers":["NumericPassthrough"]}]' HYPERPARAMETERS DEFAULT EXCEPT (K '7') SETTINGS (S3_BUCKET 'abc')`),
  ).toMatchObject({ target: undefined, modelType: 'kmeans', hyperparameters: new Map([['k', '7']]) });
});

it('reads settings', () => {
  expect(
    read(`CREATE MODEL m FROM t TARGET 'Churn?' FUNCTION f IAM_ROLE 'default' SETTINGS (S3_BUCKET 'b.c-d', TAGS 'a=b=c, d',
      KMS_KEY_ID 'key', S3_GARBAGE_COLLECT OFF, MAX_CELLS 10, MAX_RUNTIME '600')`),
  ).toMatchObject({
    target: { name: 'Churn?' },
    iamRole: undefined,
    settings: {
      bucket: 'b.c-d',
      tags: [
        { key: 'a', value: 'b=c' },
        { key: 'd', value: '' },
      ],
      kmsKeyId: 'key',
      garbageCollect: false,
      maxCells: 10,
      maxRuntime: 600,
    },
  });
});

it('reads models that are brought along', () => {
  expect(
    read(`CREATE MODEL remote FUNCTION f (int4, varchar(10), double precision, super, varchar(max), timestamp(3) with time zone, "T"[])
      RETURNS decimal(8, 7) SAGEMAKER 'endpoint':'model.tar.gz' IAM_ROLE default SETTINGS (MAX_BATCH_ROWS 10)`),
  ).toMatchObject({
    kind: 'remote model',
    endpoint: 'endpoint',
    endpointModel: 'model.tar.gz',
    argumentTypes: [
      'int4',
      'varchar(10)',
      'double precision',
      'jsonb',
      'varchar',
      'timestamp(3) with time zone',
      '"T"[]',
    ].map((text) => ({ text })),
    returns: { text: 'decimal(8, 7)', isSuper: false },
    settings: { maxBatchRows: 10 },
  });
  const own = (place: string) =>
    read(`CREATE MODEL m FROM '${place}' FUNCTION f(int) RETURNS varchar IAM_ROLE default SETTINGS (S3_BUCKET 'abc')`);
  expect(own('job-1')).toMatchObject({ kind: 'import model', source: { kind: 'job', job: 'job-1' } });
  expect(own('s3://b/model.tar.gz')).toMatchObject({ source: { kind: 's3', uri: 's3://b/model.tar.gz' } });
});

it('reads external models', () => {
  expect(
    read(`CREATE EXTERNAL MODEL claude FUNCTION ask IAM_ROLE default MODEL_TYPE BEDROCK
      SETTINGS (MODEL_ID 'anthropic.claude', PROMPT 'Say: ', RESPONSE_TYPE super)`),
  ).toEqual({
    kind: 'external model',
    name: { schema: undefined, name: 'claude', position: 23 },
    function: { schema: undefined, name: 'ask', position: 39 },
    iamRole: undefined,
    modelId: 'anthropic.claude',
    prompt: 'Say: ',
    suffix: undefined,
    requestType: 'unified',
    responseType: 'super',
  });
  expect(
    read(
      "CREATE EXTERNAL MODEL m FUNCTION f IAM_ROLE default MODEL_TYPE BEDROCK SETTINGS (MODEL_ID 'i', REQUEST_TYPE RAW, RESPONSE_TYPE SUPER)",
    ),
  ).toMatchObject({ requestType: 'raw' });
});

it.each([
  ['SHOW MODEL ALL', { kind: 'show all models' }],
  ['show model s.m;', { kind: 'show model', name: { schema: 's', name: 'm', position: 12 } }],
  ['SHOW MODEL "all"', { kind: 'show model', name: { schema: undefined, name: 'all', position: 12 } }],
  [
    '; DROP MODEL IF EXISTS m ;;',
    { kind: 'drop model', ifExists: true, name: { schema: undefined, name: 'm', position: 24 } },
  ],
  [
    'DROP MODEL U&"\\0061"',
    { kind: 'drop model', ifExists: false, name: { schema: undefined, name: 'a', position: 12 } },
  ],
])('reads %s', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

it.each([
  [
    'GRANT CREATE MODEL TO GROUP retention_analyst_grp;',
    {
      action: 'grant',
      privilege: { kind: 'create' },
      grantOptionOnly: false,
      grantees: [{ kind: 'group', name: 'retention_analyst_grp', position: 23, grantOption: false }],
    },
  ],
  [
    'GRANT EXECUTE ON MODEL demo_ml.customer_churn_auto_model TO GROUP marketing_analyst_grp',
    {
      privilege: { kind: 'execute', models: [{ schema: 'demo_ml', name: 'customer_churn_auto_model', position: 24 }] },
    },
  ],
  [
    'grant all privileges on model a, s.b to u with grant option, role r, "group", group, PUBLIC',
    {
      privilege: { models: [{ name: 'a' }, { name: 'b' }] },
      grantees: [
        { kind: 'user', name: 'u', grantOption: true },
        { kind: 'role', name: 'r' },
        { kind: 'user', name: 'group' },
        { kind: 'user', name: 'group' },
        { kind: 'public', name: '' },
      ],
    },
  ],
  [
    'REVOKE GRANT OPTION FOR CREATE MODEL FROM u RESTRICT',
    { action: 'revoke', grantOptionOnly: true, privilege: { kind: 'create' } },
  ],
  ['REVOKE ALL ON MODEL m FROM PUBLIC', { action: 'revoke', grantOptionOnly: false, grantees: [{ kind: 'public' }] }],
])('reads %s', (text, expected) => {
  expect(read(text)).toMatchObject({ kind: 'model privileges', ...expected });
});

it.each([
  ['EXPLAIN CREATE MODEL', []],
  ['EXPLAIN VERBOSE CREATE MODEL', [{ name: 'verbose', value: undefined }]],
  [
    'explain (format JSON, costs off, verbose) create model',
    [
      { name: 'format', value: 'json' },
      { name: 'costs', value: 'off' },
      { name: 'verbose', value: undefined },
    ],
  ],
])('reads %s', (head, options) => {
  expect(read(`${head} m FROM t TARGET y FUNCTION f IAM_ROLE default SETTINGS (S3_BUCKET 'abc')`)).toMatchObject({
    kind: 'explain model',
    options,
    statement: { kind: 'train model', target: { name: 'y' } },
  });
});

it.each([
  '',
  ';',
  'SELECT 1',
  'CREATE TABLE model (a int)',
  'CREATE VIEW model AS SELECT 1',
  'SHOW model',
  'SHOW model;',
  'SHOW model.setting',
  'GRANT SELECT ON model TO u',
  'GRANT ALL ON model, other TO u',
  'REVOKE ALL ON model FROM u',
  'GRANT USAGE ON SCHEMA s TO u',
  'GRANT EXECUTE ON model.t TO u',
  'GRANT CREATE, USAGE ON SCHEMA demo_ml TO GROUP g',
  'GRANT model TO u',
  'REVOKE ADMIN OPTION FOR model FROM u',
  'EXPLAIN SELECT 1',
  'EXPLAIN (ANALYZE) SELECT 1',
  'EXPLAIN (SELECT 1)',
  'EXPLAIN CREATE TABLE model AS SELECT 1',
  'EXPLAIN (',
  'DROP TABLE model',
  "SELECT 'unterminated",
  'CREATE FUNCTION model() RETURNS int',
  "show 'model'",
  '"create" model m',
  'CREATE "model" m',
])('leaves %j to PostgreSQL', (text) => {
  expect(read(text)).toBeUndefined();
});
