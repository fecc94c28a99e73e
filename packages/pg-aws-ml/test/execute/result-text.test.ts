import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { float4Text, float8Text, resultText } from '../../src/execute/result-text.js';
import { createTestDatabase } from '../support/postgres.js';

let client: pg.Client;

beforeAll(async () => {
  const database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
});

afterAll(() => client.end());

const special = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.5,
  1 / 3,
  1e-4,
  1e-5,
  0.000123456,
  123456,
  1234567,
  999999.5,
  1e15,
  1e16,
  1e-300,
  2 ** 53,
  Number.NaN,
  Infinity,
  -Infinity,
];
const pseudoRandom = Array.from({ length: 2000 }, (_, i) => ((i * 2654435761) % 4294967296) / 4294967296);
const numbers = [...special, ...pseudoRandom, ...pseudoRandom.map((x) => (x - 0.5) * 10 ** Math.floor(x * 40 - 20))];

async function asServerWrites(type: string, values: readonly string[]): Promise<string[]> {
  const { rows } = await client.query({
    text: `SELECT v::${type}::text FROM unnest($1::text[]) WITH ORDINALITY AS u(v, n) ORDER BY n`,
    values: [values],
    rowMode: 'array',
  });
  return rows.map(([text]) => text);
}

const inputs = numbers.map((n) => (Object.is(n, -0) ? '-0' : String(n)));

const differences = (ours: readonly string[], theirs: readonly string[]) =>
  ours.flatMap((text, i) => (text === theirs[i] ? [] : [[text, theirs[i]]])).slice(0, 5);

test('single-precision numbers are written as the server writes them', async () => {
  // As doubles, so that the server doesn't round them once more.
  const singles = numbers.map(Math.fround).filter((n) => Math.abs(n) !== Infinity && Math.abs(n) > 1e-37);
  const theirs = await asServerWrites('float8::float4', singles.map(String));
  expect(differences(singles.map(float4Text), theirs)).toEqual([]);
});

test('double-precision numbers are written as the server writes them', async () => {
  const ours = inputs.map((text) => float8Text(Number(text)));
  expect(differences(ours, await asServerWrites('float8', inputs))).toEqual([]);
});

test('arrays are written as the server writes them', async () => {
  const array = `{${inputs.join(',')}}`;
  const [theirs] = await asServerWrites('float8[]', [array]);
  expect(resultText(array, 'pg_catalog.float8[]') === theirs).toBe(true);
  expect(resultText('{}', 'pg_catalog.float8[]')).toBe('{}');
  expect(resultText(null, 'pg_catalog.float8[]')).toBeNull();
});
