/** What a session may be and may do: roles, row-level security, settings. */
import fc, { type Arbitrary } from 'fast-check';
import { shortCalls } from './items.js';
import { ordered, pick, type Scenario, type Step, step, type Topic } from './scenario.js';

const call = shortCalls();

const asRole: Arbitrary<Step> = fc.oneof(
  call.map((c) => ordered(`SELECT i.id, ${c} AS said FROM items i WHERE i.id < 5 ORDER BY i.id`)),
  pick(
    ordered(`SELECT id, mood_of(body) FROM protected ORDER BY id`),
    ordered(`SELECT id, definer_mood(body) FROM protected ORDER BY id`),
    ordered(`SELECT id, plpgsql_mood(body) FROM protected WHERE owner <> 'nobody' ORDER BY id`),
    ordered(`SELECT id, sentiment FROM review_moods WHERE id < 5 ORDER BY id`),
    step(`UPDATE items SET note = mood_of(body) WHERE id < 4`),
    step(`INSERT INTO notes (n, said) SELECT 1, secure_mood('x')`),
  ),
);

const roles: Arbitrary<Scenario> = fc
  .tuple(pick('oracle_reader', 'oracle_stranger'), fc.array(asRole, { minLength: 1, maxLength: 2 }))
  .map(([role, steps]) => ({ steps: [step(`SET ROLE ${role}`), ...steps, step('RESET ROLE')], writes: true }));

const settings = pick(
  `SET DateStyle = 'German, DMY'`,
  `SET DateStyle = 'SQL, MDY'`,
  `SET IntervalStyle = 'sql_standard'`,
  'SET extra_float_digits = 0',
  'SET extra_float_digits = -8',
  'SET standard_conforming_strings = off',
  `SET client_encoding = 'LATIN1'`,
  `SET client_encoding = 'WIN1252'`,
  `SET TIME ZONE 'Asia/Kathmandu'`,
  `SET TIME ZONE '-03:30'`,
  `SET search_path = aws_sagemaker, public`,
  `SET search_path = pg_catalog, public, aws_comprehend`,
  `SET bytea_output = 'escape'`,
  `SET lc_monetary = 'C'`,
  'SET quote_all_identifiers = on',
  'SET transform_null_equals = on',
  'SET array_nulls = off',
  `SET statement_timeout = '60s'`,
  'SET default_transaction_read_only = on',
  `SET default_transaction_isolation = 'repeatable read'`,
  'SET enable_hashjoin = off',
);

const underSettings: Arbitrary<Step> = fc.oneof(
  call.map((c) =>
    ordered(`SELECT i.id, ${c} AS said, now() IS NULL AS never FROM items i WHERE i.id < 6 ORDER BY i.id`),
  ),
  pick(
    ordered(
      `SELECT at, aws_sagemaker.invoke_endpoint('echo', NULL, at, at + interval '1 hour', weight) FROM reviews r JOIN products p ON p.id = r.id ORDER BY r.id`,
    ),
    ordered(
      `SELECT aws_sagemaker.invoke_endpoint('echo', NULL, timestamptz '2024-07-01 12:00+00', 0.1::float8 + 0.2, 1.1::real, '\\x01ff'::bytea)`,
    ),
    ordered(
      `SELECT (aws_comprehend.detect_sentiment('it\\'s' || id, 'en')).sentiment FROM items WHERE id < 3 ORDER BY id`,
    ),
    ordered(`SELECT id, mood_of('caf\u00e9 ' || id) FROM items WHERE id < 4 ORDER BY id`),
    ordered(`SELECT invoke_endpoint('label', NULL, id) FROM items ORDER BY id`),
    ordered(`SELECT (detect_sentiment(body, 'en')).sentiment FROM items ORDER BY id`),
    ordered(`SELECT id, mood_of(body) || E'\\n' AS m FROM items WHERE body = NULL OR id < 3 ORDER BY id`),
    ordered(`SELECT max(at) AS last, mood_of(body) AS mood FROM reviews GROUP BY 2 ORDER BY 2`),
    step(
      `INSERT INTO notes (said, score) SELECT mood_of(kind) || at, weight FROM items i, reviews r, products p WHERE i.id = r.id AND p.id = r.id`,
    ),
  ),
);

const bySettings: Arbitrary<Scenario> = fc
  .tuple(fc.array(settings, { minLength: 1, maxLength: 2 }), fc.array(underSettings, { minLength: 1, maxLength: 2 }))
  .map(([all, steps]) => ({ steps: [...all.map((sql) => step(sql)), ...steps], writes: true }));

export const sessions: Topic = {
  name: 'sessions',
  weight: 3,
  scenarios: fc.oneof(roles, { weight: 2, arbitrary: bySettings }),
};
