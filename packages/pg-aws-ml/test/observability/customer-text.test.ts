import { inspect } from 'node:util';
import type { ServiceFaults } from 'aws-ml-local';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Logger, Pool } from '../../src/index.js';
import { kinds, openFaultLab } from '../faults/fault-lab.js';
import { type Lab, localOptions } from '../support/lab.js';
import { finishedSpans, measured, registerTelemetry, resetTelemetry } from './telemetry.js';

/** In everything that must not be seen: in forms that pass for a name, a number or an error code too. */
const secrets = {
  input: 'Zx81CustomerInput',
  literal: 'Zx81SqlLiteral',
  parameter: 'Zx81Parameter',
  answer: 'Zx81AnswerOfService',
  accessKey: 'ZX81ACCESSKEY',
  secretKey: 'Zx81SecretKey',
  token: 'Zx81SessionToken',
};

let lab: Lab;
let pool: Pool;
const told: unknown[] = [];

beforeAll(async () => {
  registerTelemetry();
  lab = await openFaultLab();
  await lab.admin.query('UPDATE docs SET body = $1 || id', [secrets.input]);
  const log = (...entry: unknown[]) => void told.push(entry);
  const logger: Logger = { debug: log, info: log, warn: log, error: log };
  const { accessKey: accessKeyId, secretKey: secretAccessKey, token: sessionToken } = secrets;
  const credentials = { accessKeyId, secretAccessKey, sessionToken };
  const awsMl = {
    ...localOptions(lab.services),
    credentials,
    logger,
    maxAttempts: 2,
    statementBudget: { maxInputs: 50 },
  };
  pool = lab.openPool({ max: 2, awsMl });
  pool.on('awsMl:batch', (event) => void told.push(event));
});

afterAll(() => lab.close());

const sentiment = "aws_comprehend.detect_sentiment(body || ' Zx81SqlLiteral', 'en')";
const run =
  (text: string, values?: unknown[]) =>
  (client: pg.ClientBase): Promise<unknown> =>
    client.query(text, values);

const statements: readonly ((client: pg.ClientBase) => Promise<unknown>)[] = [
  ...kinds.map((kind) => kind.run),
  run(`SELECT (${sentiment}).* FROM docs WHERE body <> 'Zx81SqlLiteral' LIMIT 30`),
  run(`SELECT (aws_comprehend.detect_sentiment($1 || body, 'en')).* FROM docs LIMIT 20`, [secrets.parameter]),
  run(`UPDATE docs SET sentiment = (${sentiment}).sentiment WHERE body <> $1`, [secrets.parameter]),
  run(`SELECT (${sentiment}).sentiment::int FROM docs LIMIT 3`),
  run(`SELECT ('Zx81SqlLiteral' || (${sentiment}).sentiment)::int FROM docs LIMIT 3`),
  run(`SELECT aws_sagemaker.invoke_endpoint('double', 3, id, 'Zx81SqlLiteral', body) FROM docs LIMIT 9`),
  run(`SELECT aws_bedrock.invoke_model('no.model', 'Zx81SqlLiteral', 'Zx81SqlLiteral', body) FROM docs LIMIT 2`),
  run(`SELECT (aws_comprehend.detect_sentiment(body, 'Zx81SqlLiteral no language')).* FROM docs LIMIT 2`),
  run(`SELECT aws_sagemaker.invoke_endpoint('Zx81SqlLiteral no endpoint', 3, body) FROM docs LIMIT 2`),
  run(`SELECT (aws_comprehend.detect_sentiment(repeat(body, 1000), 'en')).* FROM docs LIMIT 2`),
  run(`DO $$ BEGIN PERFORM ${sentiment} FROM docs LIMIT 2; COMMIT; RAISE 'Zx81SqlLiteral'; END $$`),
  run(`SELECT (${sentiment}).* FROM "Zx81SqlLiteral"`),
  run(`SELECT (${sentiment}).* FROM docs WHERE 'Zx81SqlLiteral'`),
];

const message = `cannot handle ${secrets.answer} ${secrets.input}`;
const faults: Readonly<Record<string, ServiceFaults>> = {
  none: {},
  throttling: { throttle: { every: 25 } },
  'throttling without end': { throttle: true },
  'HTTP 500': { serverError: true },
  'HTTP 503': { unavailable: 1 },
  'a denied request': { accessDenied: true },
  'a refusal that quotes the text': { error: { code: 'ValidationException', status: 400, message } },
  'an unknown error that quotes the text': { error: { code: 'SomethingNewException', status: 418, message } },
  resets: { reset: 1 },
  'truncated bodies': { truncate: true },
  'malformed bodies': { malformed: true },
  'document errors': { documentErrors: { every: 7, errorCode: 'INVALID_REQUEST', errorMessage: message } },
  'wrong rows': { wrongRows: { delta: 1 } },
  latency: { latencyMs: [1, 20] },
};

/** Everything that observers have got, in full. */
async function observed(): Promise<string> {
  const spans = finishedSpans().map(({ name, attributes, events, status, links }) => ({
    name,
    attributes,
    events,
    status,
    links,
  }));
  return inspect([told, spans, await measured()], { depth: null, maxArrayLength: null, maxStringLength: null });
}

async function runUnder(fault: ServiceFaults, statement: (client: pg.ClientBase) => Promise<unknown>): Promise<void> {
  lab.services.setFaults({ comprehend: fault, sagemaker: fault, bedrock: fault });
  const client = await pool.connect();
  await client.query('BEGIN').catch(() => {});
  await client.query('ROLLBACK');
  await statement(client).catch(() => {});
  client.release();
}

it.each(Object.entries(faults))(
  'nobody who observes sees what customers wrote, or a secret: %s',
  async (_, fault) => {
    told.length = 0;
    await resetTelemetry();
    // Each waits until it gives up: some are enough.
    const affected = fault.throttle === true ? statements.slice(kinds.length) : statements;
    for (const statement of affected) await runUnder(fault, statement);
    const seen = await observed();
    expect(told.length).toBeGreaterThan(20);
    expect(finishedSpans().length).toBeGreaterThan(20);
    for (const secret of Object.values(secrets)) expect(seen.toLowerCase()).not.toContain(secret.toLowerCase());
  },
  60_000,
);

it('nobody does, whatever the text is', async () => {
  lab.services.setFaults({});
  const text = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' }).filter((s) => !s.includes('\0'));
  await fc.assert(
    fc.asyncProperty(text, fc.constantFrom(...Object.values(faults)), async (random, fault) => {
      const marked = `Zx81${random}`;
      told.length = 0;
      await resetTelemetry();
      await runUnder(fault, run("SELECT (aws_comprehend.detect_sentiment($1, 'en')).*", [marked]));
      await runUnder(fault, run('SELECT aws_bedrock.invoke_model($1, $2, NULL, $3)', ['no.model', marked, marked]));
      expect(await observed()).not.toContain('Zx81');
    }),
    { numRuns: 40 },
  );
});
