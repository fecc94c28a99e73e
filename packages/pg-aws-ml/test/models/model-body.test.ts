import { expect, it } from 'vitest';
import { isModelBody } from '../../src/stubs/sql/models.js';

const call = (input: string) => `SELECT aws_sagemaker.invoke_endpoint('e', NULL, ${input})`;

it.each([
  call('$1'),
  call('$1::pg_catalog.int4'),
  "SELECT (_aws_ml.model_endpoint('it''s (current_user)')::_aws_ml.prediction).predicted_label",
  `SELECT (ARRAY['yes', 'no'])[pg_catalog.int4pl(1, ${call('$1').slice(7)}::pg_catalog.int4)]`,
])('the body of a model does the same whoever calls it: %s', (body) => {
  expect(isModelBody(body)).toBe(true);
});

it.each([
  call('current_user'),
  call('(SELECT secret FROM accounts)'),
  call('$1::public.mood'),
  call('$1 || $2'),
  call('own(1)'),
  call("pg_catalog.current_setting ('role')"),
  `${call('$1')} FROM pg_catalog.pg_authid`,
  `${call('$1')}; DELETE FROM accounts`,
  "select aws_sagemaker.invoke_endpoint('e', NULL, 1)",
])('a body that may depend on who calls it is none of a model: %s', (body) => {
  expect(isModelBody(body)).toBe(false);
});

it.each([' ', 'a', 'a.', '1', "'", '$1,', 'pg_catalog.', 'int4 ('])('is told in linear time: %j', (piece) => {
  // A quadratic look takes hours.
  expect(isModelBody(`SELECT ${piece.repeat(1_000_000 / piece.length)}`)).toBeTypeOf('boolean');
});
