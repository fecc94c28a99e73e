import './lab/telemetry.js';

import { context, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import Cursor from 'pg-cursor';
import { beforeEach, describe, expect, it } from 'vitest';
import { useLab } from './lab/lab.js';
import { exporter, provider } from './lab/telemetry.js';

const tracer = provider.getTracer('program');
beforeEach(() => exporter.reset());

/** What a span says, without what differs from run to run. */
function seen(span: ReadableSpan, parent: string) {
  const { 'db.namespace': _database, 'server.port': _port, ...attributes } = span.attributes;
  const name = span.name.replace(/ test_\w+$/, '');
  return { name, status: span.status, attributes, child: span.parentSpanContext?.spanId === parent };
}

/** Runs a program within a span of its own and returns those that the instrumentation has made. */
async function traced(program: () => Promise<unknown>) {
  exporter.reset();
  const root = tracer.startSpan('program');
  await context.with(trace.setSpan(context.active(), root), program);
  return exporter.getFinishedSpans().map((span) => seen(span, root.spanContext().spanId));
}

describe("OpenTelemetry's instrumentation of pg", () => {
  const lab = useLab();

  it('makes the spans that it makes over pg', () =>
    lab.compare(async ({ openPool }) => {
      const pool = openPool({ max: 1 });
      return traced(async () => {
        await pool.query('select 1 as a');
        await pool.query({ name: 'named', text: 'select $1::text', values: ['x'] });
        await new Promise((resolve) => pool.query('select $1::int', [1], resolve));
        await pool.query('select nonsense').catch(() => {});
        const client = await pool.connect();
        await client.query('begin');
        const cursor = client.query(new Cursor('select id from reviews'));
        await cursor.read(2);
        await cursor.close();
        await client.query('rollback');
        client.release();
      });
    }));

  it('makes one span for a statement with ML calls', async () => {
    const pool = lab.awsMl.openPool({ max: 1 });
    const text = "select (aws_comprehend.detect_sentiment(body, 'en')).sentiment from reviews where id < $1";
    const update = `update reviews set sentiment = (aws_comprehend.detect_sentiment(body, 'en')).sentiment`;
    const spans = await traced(async () => {
      await pool.query(text, [3]);
      await new Promise((resolve) => pool.query(text, [3], resolve));
      await pool.query(update);
      await pool.query(`${text} and nonsense`, [3]).catch(() => {});
    });
    const queries = spans.filter((span) => 'db.query.text' in span.attributes);
    expect(queries.map((span) => [span.name, span.attributes['db.query.text'], span.status.code, span.child])).toEqual([
      ['pg.query:SELECT', text, 0, true],
      ['pg.query:SELECT', text, 0, true],
      ['pg.query:UPDATE', update, 0, true],
      ['pg.query:SELECT', `${text} and nonsense`, 2, true],
    ]);
  });
});
