import { readFile } from 'node:fs/promises';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { Pool } from 'pg-aws-ml';
import { loadParser } from 'pg-rewriter';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { casesOf, type OracleCase, topics } from '../oracle/case-files.js';
import { mlSemantics } from '../oracle/ml-semantics.js';
import { createTestDatabase } from '../support/postgres.js';

/** EXPLAIN ANALYZE sends what the statement itself sends, and shows all of it. Every so many cases: they are many. */
const EVERY = 4;

await loadParser();

let pool: Pool;
let services: LocalServices;

beforeAll(async () => {
  services = await startLocalServices(mlSemantics);
  const endpoints = { comprehend: services.url, sagemaker: services.url, bedrock: services.url };
  const credentials = { accessKeyId: 'oracle', secretAccessKey: 'oracle' };
  const database = await createTestDatabase();
  pool = new Pool({ ...database, max: 1, awsMl: { region: 'us-east-1', credentials, endpoints } });
  await pool.query('CREATE EXTENSION aws_ml CASCADE');
  const dataset = await readFile(new URL('../oracle/dataset.sql', import.meta.url), 'utf8');
  for (const statement of dataset.split(/;\n/)) if (statement.trim() !== '') await pool.query(statement);
});

afterAll(async () => {
  await pool.end();
  await services.close();
});

interface Run {
  readonly lines: readonly string[];
  readonly requests: number;
  readonly failed: boolean;
}

async function run(sql: string, { params }: OracleCase, undo?: string): Promise<Run> {
  services.resetRequests();
  try {
    const { rows } = await pool.query({ text: sql, rowMode: 'array', ...(params && { values: [...params] }) });
    const requests = services.requests.entries.length;
    if (undo !== undefined) await pool.query(undo);
    return { lines: rows.map(([line]) => String(line)), requests, failed: false };
  } catch {
    return { lines: [], requests: services.requests.entries.length, failed: true };
  }
}

const shown = (lines: readonly string[]): number =>
  lines.reduce((sum, line) => sum + Number(/num batches=(\d+)/.exec(line)?.[1] ?? 0), 0);

/** Refused by EXPLAIN ANALYZE, as docs/compatibility.md says: each run draws other inputs from a sequence. */
const drawsInputs: ReadonlySet<string> = new Set(["two calls, one within the other's input"]);

const sample = topics
  .flatMap((topic) => casesOf(topic))
  .filter((_, i) => i % EVERY === 0)
  .filter(({ title }) => !drawsInputs.has(title));

describe('EXPLAIN of the cases of the oracle', () => {
  test.each(sample.map((c) => [c.title, c] as const))('%s', async (_title, oracleCase) => {
    const ran = await run(oracleCase.sql, oracleCase, oracleCase.undo);
    const explained = await run(`EXPLAIN (VERBOSE) ${oracleCase.sql}`, oracleCase);
    const analyzed = await run(`EXPLAIN ANALYZE ${oracleCase.sql}`, oracleCase, oracleCase.undo);
    expect(explained.requests).toBe(0);
    expect(analyzed.failed).toBe(ran.failed);
    if (ran.failed) return;
    expect(explained.failed).toBe(false);
    expect(analyzed.requests).toBe(ran.requests);
    expect(shown(analyzed.lines)).toBe(analyzed.requests);
  });
});
