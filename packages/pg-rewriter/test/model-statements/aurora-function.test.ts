import { auroraFunction, loadParser, parseStatements } from 'pg-rewriter';
import { beforeAll, expect, it } from 'vitest';

beforeAll(loadParser);

const SAGEMAKER = "ALIAS AWS_SAGEMAKER_INVOKE_ENDPOINT ENDPOINT NAME 'e'";
const BEDROCK = "ALIAS AWS_BEDROCK_INVOKE_MODEL MODEL ID 'm'";

it.each([
  [
    `CREATE FUNCTION \`will_churn\`(state varchar(2048), n bigint(20), m double) RETURNS varchar(2048) CHARSET latin1
     alias aws_sagemaker_invoke_endpoint
     endpoint name '<SageMaker endpoint>';`,
    `CREATE FUNCTION "will_churn"("state" varchar(2048), "n" bigint, "m" double precision) RETURNS varchar(2048) LANGUAGE sql PARALLEL SAFE COST 5000 AS ' SELECT aws_sagemaker.invoke_endpoint(''<SageMaker endpoint>'', NULL, $1, $2, $3)::varchar(2048) '`,
  ],
  [
    `CREATE DEFINER = CURRENT_USER() FUNCTION s.f(IN \`a\` int unsigned) RETURNS decimal(8, 2) SQL SECURITY DEFINER NOT DETERMINISTIC ${SAGEMAKER} MAX_BATCH_SIZE 5`,
    `CREATE FUNCTION "s"."f"("a" bigint) RETURNS decimal(8, 2) LANGUAGE sql SECURITY DEFINER PARALLEL SAFE COST 5000 AS ' SELECT aws_sagemaker.invoke_endpoint(''e'', 5, $1)::decimal(8, 2) '`,
  ],
  [
    `create or replace function f(body longtext) returns text ${BEDROCK} accept 'application/json' timeout_ms 100`,
    `CREATE OR REPLACE FUNCTION "f"("body" text) RETURNS text LANGUAGE sql PARALLEL SAFE COST 5000 AS ' SELECT aws_bedrock.invoke_model(''m'', ''application/json'', ''application/json'', $1)::text '`,
  ],
  [
    `CREATE FUNCTION f(a bigint unsigned, b tinyint(1), c datetime(3), d mediumblob, e dec(5,2), g json) RETURNS int ${SAGEMAKER} MAX_BATCH_SIZE 5`,
    `CREATE FUNCTION "f"("a" numeric(20), "b" smallint, "c" timestamp(3), "d" bytea, "e" numeric(5, 2), "g" jsonb) RETURNS integer LANGUAGE sql PARALLEL SAFE COST 5000 AS ' SELECT aws_sagemaker.invoke_endpoint(''e'', 5, $1, $2, $3, $4, $5, $6)::integer '`,
  ],
])('writes %s as PostgreSQL has it', (text, expected) => {
  expect(auroraFunction(text)).toBe(expected);
  expect(parseStatements(expected)).toHaveLength(1);
});

it.each(['CREATE FUNCTION f() RETURNS int RETURN 1', 'SELECT 1 AS alias', `SELECT '${SAGEMAKER.replaceAll("'", '')}'`])(
  'leaves %s',
  (text) => {
    expect(auroraFunction(text)).toBeUndefined();
  },
);

it.each([
  [`CREATE FUNCTION f(a «enum) RETURNS int ${SAGEMAKER}`, /ENUM/],
  [`CREATE FUNCTION f(a int) RETURNS «json ${SAGEMAKER}`, /cannot return/],
  [`CREATE FUNCTION f(a int) RETURNS int «DETERMINISTIC ${SAGEMAKER}`, /DETERMINISTIC/],
  [`CREATE FUNCTION f(a int) RETURNS int «READS SQL DATA ${SAGEMAKER}`, /READS/],
  [`CREATE FUNCTION f(a int) RETURNS int SQL SECURITY «ME ${SAGEMAKER}`, /ME/],
  [`CREATE FUNCTION f(a int) RETURNS int ${SAGEMAKER} MAX_BATCH_SIZE «0`, /out of range/],
  [`CREATE FUNCTION f(a int) RETURNS int ${SAGEMAKER} «MAX_BATCHSIZE 5`, /MAX_BATCHSIZE/],
  [`CREATE FUNCTION f(a int) RETURNS int ALIAS «AWS_SAGEMAKER_INVOKE ENDPOINT NAME 'e'`, /AWS_SAGEMAKER_INVOKE/],
  [`CREATE FUNCTION f(a text, b text) RETURNS text ${BEDROCK}«`, /one parameter/],
  [`CREATE FUNCTION f(a text) RETURNS text ${BEDROCK} ACCEPT 'a' «ACCEPT 'b'`, /twice/],
  [`CREATE «DEFINER = root FUNCTION f(a text) RETURNS text ${BEDROCK}`, /DEFINER/],
  [`CREATE FUNCTION «IF NOT EXISTS f(a text) RETURNS text ${BEDROCK}`, /IF/],
])('refuses %s', (marked, message) => {
  const position = [...marked.slice(0, marked.indexOf('«'))].length + 1;
  const refused = () => auroraFunction(marked.replace('«', ''));
  expect(refused).toThrow(message);
  expect(refused).toThrow(expect.objectContaining({ position }));
});
