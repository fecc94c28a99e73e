import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import * as semconv from '@opentelemetry/semantic-conventions/incubating';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import Cursor from 'pg-cursor';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Pool } from '../../src/index.js';
import { type Lab, openLab } from '../support/lab.js';
import { finishedSpans, inSpan, registerTelemetry, resetTelemetry } from './telemetry.js';

let lab: Lab;
let pool: Pool;

beforeAll(async () => {
  registerTelemetry();
  lab = await openLab({ endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } } });
  pool = lab.openPool({ max: 1 });
  await lab.admin.query(`
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL, sentiment text);
    INSERT INTO docs SELECT i, 'document ' || i FROM generate_series(1, 60) i`);
});

beforeEach(async () => {
  lab.services.setFaults({});
  await resetTelemetry();
});

afterAll(() => lab.close());

const sentiment = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";

/** Our spans, statements and requests, that are in this trace. */
function ours(traceId?: string): { statements: ReadableSpan[]; requests: ReadableSpan[] } {
  const spans = finishedSpans().filter(
    (span) =>
      span.instrumentationScope.name === 'pg-aws-ml' &&
      (traceId ?? span.spanContext().traceId) === span.spanContext().traceId,
  );
  return {
    statements: spans.filter(({ kind }) => kind === SpanKind.INTERNAL),
    requests: spans.filter(({ kind }) => kind === SpanKind.CLIENT),
  };
}

async function traced(work: () => Promise<unknown>) {
  await resetTelemetry();
  const application = await inSpan('application', async (span) => {
    await work();
    return span.spanContext();
  });
  const { statements, requests } = ours(application.traceId);
  expect(ours()).toEqual({ statements, requests });
  for (const statement of statements) expect(statement.parentSpanContext?.spanId).toBe(application.spanId);
  const ids = statements.map((statement) => statement.spanContext().spanId);
  for (const request of requests) expect(ids).toContain(request.parentSpanContext?.spanId);
  return { statements, requests };
}

it('has one for a statement, under the active one, and one for each request under it', async () => {
  const { statements, requests } = await traced(() => pool.query(`SELECT ${sentiment} FROM docs`));
  expect(statements).toHaveLength(1);
  const [statement] = statements;
  expect(statement).toMatchObject({ name: 'aws_ml SELECT', status: { code: SpanStatusCode.UNSET } });
  expect(statement?.attributes).toEqual({
    'db.system.name': 'postgresql',
    'db.operation.name': 'SELECT',
    'aws_ml.statement.mode': 'batch',
    'aws_ml.statement.inputs': 60,
    'aws_ml.statement.distinct_inputs': 60,
    'aws_ml.statement.shared_inputs': 0,
    'aws_ml.statement.cached_inputs': 0,
    'aws_ml.statement.requests': 3,
    'aws_ml.statement.retries': 0,
    'db.response.returned_rows': 60,
  });
  expect(statement?.events.map(({ name }) => name)).toEqual(['aws_ml.planned', 'aws_ml.validated']);
  const port = Number(new URL(lab.services.url).port);
  expect(requests.map(({ name }) => name)).toEqual(Array(3).fill('Comprehend.BatchDetectSentiment'));
  expect(requests.map(({ attributes }) => attributes['aws_ml.request.inputs']).sort()).toEqual([10, 25, 25]);
  expect(requests[0]?.attributes).toEqual({
    'rpc.system': 'aws-api',
    'rpc.service': 'Comprehend',
    'rpc.method': 'BatchDetectSentiment',
    'aws_ml.function': 'aws_comprehend.detect_sentiment',
    'aws_ml.target': 'en',
    'aws_ml.request.inputs': 25,
    'aws_ml.request.resend': false,
    'aws_ml.request.attempts': 1,
    'aws_ml.request.throttles': 0,
    'http.request.body.size': expect.any(Number),
    'http.response.status_code': 200,
    'aws.request_id': expect.stringMatching(/./),
    'cloud.region': 'us-east-1',
    'server.address': new URL(lab.services.url).hostname,
    'server.port': port,
  });
});

it('calls every attribute that is not our own as the conventions do', async () => {
  const known = new Set<unknown>(
    Object.entries(semconv).flatMap(([name, value]) => (name.startsWith('ATTR_') ? [value] : [])),
  );
  lab.services.setFaults({ bedrock: { accessDenied: true } });
  const { statements, requests } = await traced(async () => {
    await pool.query(`SELECT ${sentiment} FROM docs`);
    await pool.query("SELECT aws_bedrock.invoke_model('a.model', NULL, NULL, body) FROM docs").catch(() => {});
  });
  const names = new Set([...statements, ...requests].flatMap(({ attributes }) => Object.keys(attributes)));
  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !name.startsWith('aws_ml.') && !known.has(name))).toEqual([]);
});

it("speaks of Bedrock's models in the terms of generative AI", async () => {
  const { requests } = await traced(() =>
    pool.query(`SELECT aws_bedrock.invoke_model_get_embeddings('amazon.titan-embed-text-v2:0', 'application/json',
      'embedding', '{"inputText":"x"}')`),
  );
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({
    name: 'BedrockRuntime.InvokeModel',
    attributes: {
      'rpc.service': 'BedrockRuntime',
      'gen_ai.provider.name': 'aws.bedrock',
      'gen_ai.operation.name': 'embeddings',
      'gen_ai.request.model': 'amazon.titan-embed-text-v2:0',
    },
  });
});

it.each([
  [`UPDATE docs SET sentiment = ${sentiment}`, 'UPDATE', 'replay', 3],
  [`EXPLAIN ANALYZE SELECT ${sentiment} FROM docs`, 'EXPLAIN', 'batch', 3],
  [`DO $$ BEGIN PERFORM ${sentiment} FROM docs; COMMIT; END $$`, 'DO', 'live', 60],
])('says how the calls were made: %s', async (text, command, mode, count) => {
  const { statements, requests } = await traced(() => pool.query(text));
  expect(statements).toMatchObject([
    { name: `aws_ml ${command}`, attributes: { 'aws_ml.statement.mode': mode, 'aws_ml.statement.requests': count } },
  ]);
  expect(requests).toHaveLength(count);
  const reason = statements[0]?.attributes['aws_ml.statement.reason'];
  if (command !== 'EXPLAIN') expect(reason).toEqual(expect.stringMatching(/\w/));
});

it('follows a COPY, a cursor and a callback', async () => {
  const copied = await traced(async () => {
    const client = await pool.connect();
    const stream = client.query(copyTo(`COPY (SELECT ${sentiment} FROM docs) TO STDOUT`));
    for await (const _ of stream);
    client.release();
  });
  expect(copied.statements.map(({ name }) => name)).toEqual(['aws_ml COPY']);
  expect(copied.requests).toHaveLength(3);
  const read = await traced(async () => {
    const client = await pool.connect();
    const cursor = client.query(new Cursor(`SELECT id, ${sentiment} FROM docs`));
    expect(await cursor.read(3)).toHaveLength(3);
    await cursor.close();
    client.release();
  });
  expect(read.statements).toMatchObject([{ name: 'aws_ml SELECT', status: { code: SpanStatusCode.UNSET } }]);
  const called = await traced(() => new Promise((resolve) => pool.query(`SELECT ${sentiment} FROM docs`, resolve)));
  expect(called.requests).toHaveLength(3);
});

it('follows a COPY into a table whose trigger makes the calls', async () => {
  await pool.query(`
    CREATE TABLE labelled (body text, sentiment text);
    CREATE FUNCTION label() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN NEW.sentiment := (aws_comprehend.detect_sentiment(NEW.body, 'en')).sentiment; RETURN NEW; END $$;
    CREATE TRIGGER label BEFORE INSERT ON labelled FOR EACH ROW EXECUTE FUNCTION label()`);
  const { statements, requests } = await traced(async () => {
    const client = await pool.connect();
    await pipeline(Readable.from(['a\n', 'b\n']), client.query(copyFrom('COPY labelled (body) FROM STDIN')));
    client.release();
  });
  expect(statements).toMatchObject([
    { name: 'aws_ml COPY', attributes: { 'aws_ml.statement.mode': 'live', 'aws_ml.statement.requests': 2 } },
  ]);
  expect(requests).toHaveLength(2);
});

it('has none for a statement without ML calls', async () => {
  const { statements } = await traced(async () => {
    await pool.query('SELECT count(*) FROM docs');
    await pool.query("SELECT 'detect_sentiment'");
    await pool.query(`EXPLAIN SELECT ${sentiment} FROM docs`);
  });
  expect(statements).toEqual([]);
});

it('belongs to the trace of its statement, where statements wait for one connection and one place in the lane', async () => {
  const single = lab.openPool({
    max: 1,
    awsMl: { maxConcurrency: 1, share: { 'aws_comprehend.detect_sentiment': false } },
  });
  const wide = lab.openPool({
    max: 4,
    awsMl: { maxConcurrency: 1, share: { 'aws_comprehend.detect_sentiment': false } },
  });
  for (const shared of [single, wide]) {
    await resetTelemetry();
    const traceIds = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        inSpan(`application ${n}`, async (span) => {
          await shared.query(`SELECT ${sentiment} FROM docs WHERE id <> $1`, [n]);
          return span.spanContext().traceId;
        }),
      ),
    );
    for (const traceId of traceIds) {
      const { statements, requests } = ours(traceId);
      expect([statements.length, requests.length]).toEqual([1, 3]);
      for (const { parentSpanContext } of requests) {
        expect(parentSpanContext?.spanId).toBe(statements[0]?.spanContext().spanId);
      }
    }
  }
});

it('shows retries and failures by their codes, without messages', async () => {
  lab.services.setFaults({ comprehend: { unavailable: 1 } });
  const retried = await traced(() => pool.query(`SELECT ${sentiment} FROM docs WHERE id < 20`));
  expect(retried.requests).toMatchObject([
    {
      attributes: { 'aws_ml.request.attempts': 2, 'http.response.status_code': 200 },
      events: [
        { name: 'aws_ml.retry', attributes: { 'error.type': 'SERVICE_UNAVAILABLE', 'aws_ml.request.attempts': 1 } },
      ],
      status: { code: SpanStatusCode.UNSET },
    },
  ]);
  lab.services.setFaults({ comprehend: { accessDenied: true } });
  const failed = await traced(() => pool.query(`SELECT ${sentiment} FROM docs WHERE id < 20`).catch(() => {}));
  expect(failed.requests).toMatchObject([
    {
      attributes: {
        'error.type': 'ACCESS_DENIED',
        'aws_ml.aws_error': 'AccessDeniedException',
        'http.response.status_code': expect.any(Number),
      },
      status: { code: SpanStatusCode.ERROR },
    },
  ]);
  expect(failed.statements).toMatchObject([
    { attributes: { 'error.type': '38000' }, status: { code: SpanStatusCode.ERROR } },
  ]);
  for (const { status, events } of [...failed.statements, ...failed.requests]) {
    expect(status.message).toBeUndefined();
    expect(events.map(({ name }) => name)).not.toContain('exception');
  }
});

it('shows what the server refuses as a statement without requests', async () => {
  const { statements, requests } = await traced(() =>
    expect(pool.query(`SELECT ${sentiment}, nonsense FROM docs`)).rejects.toBeInstanceOf(pg.DatabaseError),
  );
  expect(statements).toMatchObject([{ attributes: { 'error.type': '42703' }, status: { code: SpanStatusCode.ERROR } }]);
  expect(statements[0]?.events.map(({ name }) => name)).toEqual(['aws_ml.planned']);
  expect(requests).toEqual([]);
});
