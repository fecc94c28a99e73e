import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pool } from '../../src/index.js';
import { type Lab, openLab } from '../support/lab.js';

let lab: Lab;
let pool: Pool;

beforeAll(async () => {
  lab = await openLab({ sentiment: () => 'POSITIVE' });
  await lab.pool.query(`
    CREATE FUNCTION pl_label(t text) RETURNS text LANGUAGE plpgsql AS
      $$ BEGIN RETURN (aws_comprehend.detect_sentiment(t, 'en')).sentiment; END $$;
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL);
    INSERT INTO docs VALUES (1, 'answered'), (2, 'refused'), (3, 'answered')`);
  lab.services.setFaults({ comprehend: { documentErrors: { matching: 'refused', errorCode: 'INVALID_TEXT' } } });
  pool = lab.openPool({ awsMl: { onError: 'null' } });
});

afterAll(() => lab.close());

const call = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";
const paths = {
  batch: (predicate: string) => predicate,
  replay: (predicate: string) => predicate.replaceAll(call, 'pl_label(body)'),
};

describe.each(Object.entries(paths))('%s', (_, path) => {
  test.each([
    [`${call} = 'POSITIVE'`, [1, 3]],
    [`${call} <> 'POSITIVE'`, []],
    [`NOT (${call} = 'POSITIVE')`, []],
    [`NOT (${call} <> 'POSITIVE')`, [1, 3]],
    [`${call} IN ('NEGATIVE', 'MIXED') OR ${call} = 'POSITIVE'`, [1, 3]],
    [`${call} NOT IN ('NEGATIVE')`, [1, 3]],
    [`CASE ${call} WHEN 'NEGATIVE' THEN true END`, []],
    // What asks for NULL gets it: the call has no value.
    [`${call} IS NULL`, [2]],
    [`coalesce(${call}, 'NONE') = 'NONE'`, [2]],
    [`${call} IS DISTINCT FROM 'POSITIVE'`, [2]],
  ])('a failed call is NULL in %s', async (predicate, ids) => {
    const { rows } = await pool.query(`SELECT id FROM docs WHERE ${path(predicate)} ORDER BY id`);
    expect(rows.map((row) => row.id)).toEqual(ids);
  });
});
