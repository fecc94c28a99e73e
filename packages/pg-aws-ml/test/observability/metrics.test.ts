import type { DataPoint, Histogram, MetricData } from '@opentelemetry/sdk-metrics';
import * as semconv from '@opentelemetry/semantic-conventions/incubating';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Pool } from '../../src/index.js';
import { type Lab, localOptions, openLab } from '../support/lab.js';
import { measured, registerTelemetry, resetTelemetry } from './telemetry.js';

let lab: Lab;
let pool: Pool;

beforeAll(async () => {
  lab = await openLab({ endpoints: { double: { predict: ([x]) => String(Number(x) * 2) } } });
  pool = lab.openPool({ awsMl: { cache: { maxBytes: 1_000_000, ttlMs: 60_000 } } });
  await lab.admin.query(`
    CREATE TABLE docs (id int PRIMARY KEY, body text NOT NULL);
    INSERT INTO docs SELECT i, 'document ' || i % 30 FROM generate_series(1, 60) i`);
  // Meters are not looked up anew by the API itself: what is registered late must be found all the same.
  await lab.pool.query("SELECT aws_sagemaker.invoke_endpoint('double', 3, id)::int FROM docs");
  registerTelemetry();
});

beforeEach(async () => {
  lab.services.setFaults({});
  await resetTelemetry();
});

afterAll(() => lab.close());

const model = 'amazon.titan-embed-text-v2:0';
const embedding = `SELECT aws_bedrock.invoke_model_get_embeddings('${model}', 'application/json', 'embedding',
  '{"inputText":"x"}')`;
const sentiment = "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs";

const named = (metrics: readonly MetricData[], name: string): MetricData => {
  const metric = metrics.find(({ descriptor }) => descriptor.name === name);
  expect(metric, name).toBeDefined();
  return metric as MetricData;
};

/** Values by attributes. */
const valuesOf = (metrics: readonly MetricData[], name: string) =>
  (named(metrics, name).dataPoints as DataPoint<number>[]).map(({ attributes, value }) => ({ ...attributes, value }));

const durationsOf = (metrics: readonly MetricData[], name: string) =>
  (named(metrics, name).dataPoints as DataPoint<Histogram>[]).map(({ attributes, value }) => ({ attributes, value }));

it('count inputs by where their results are from, and requests', async () => {
  const name = 'aws_comprehend.detect_sentiment';
  await pool.query(sentiment);
  const first = await measured();
  expect(valuesOf(first, 'aws_ml.inputs')).toEqual([
    { 'aws_ml.function': name, 'aws_ml.input.source': 'request', value: 30 },
    { 'aws_ml.function': name, 'aws_ml.input.source': 'equal_input', value: 30 },
  ]);
  expect(valuesOf(first, 'aws_ml.request.count')).toEqual([{ 'aws_ml.function': name, value: 2 }]);
  await pool.query(sentiment);
  const second = await measured();
  expect(valuesOf(second, 'aws_ml.inputs')).toContainEqual({
    'aws_ml.function': name,
    'aws_ml.input.source': 'cache',
    value: 30,
  });
  expect(second.map(({ descriptor }) => descriptor.name)).not.toContain('aws_ml.request.count');
});

it('measure requests and statements in seconds', async () => {
  lab.services.setFaults({ bedrock: { latencyMs: 30 } });
  await pool.query(embedding);
  const metrics = await measured();
  const [call] = durationsOf(metrics, 'rpc.client.call.duration');
  expect(call?.attributes).toMatchObject({
    'rpc.system': 'aws-api',
    'rpc.service': 'BedrockRuntime',
    'rpc.method': 'InvokeModel',
    'aws_ml.function': 'aws_bedrock.invoke_model_get_embeddings',
    'aws_ml.target': model,
  });
  const [generative] = durationsOf(metrics, 'gen_ai.client.operation.duration');
  expect(generative?.attributes).toMatchObject({
    'gen_ai.operation.name': 'embeddings',
    'gen_ai.provider.name': 'aws.bedrock',
    'gen_ai.request.model': model,
  });
  const [statement] = durationsOf(metrics, 'aws_ml.statement.duration');
  expect(statement?.attributes).toEqual({ 'db.operation.name': 'SELECT', 'aws_ml.statement.mode': 'batch' });
  for (const histogram of [call, generative, statement]) {
    expect(histogram?.value.count).toBe(1);
    expect(histogram?.value.sum).toBeGreaterThanOrEqual(0.029);
    expect(histogram?.value.sum).toBeLessThan(10);
  }
  for (const { descriptor } of metrics.filter((metric) => metric.descriptor.name.endsWith('duration'))) {
    expect(descriptor.unit).toBe('s');
  }
});

it('count throttles, retries and failures', async () => {
  lab.services.setFaults({ comprehend: { throttle: 2 } });
  await lab.pool.query(sentiment);
  const throttled = await measured();
  expect(valuesOf(throttled, 'aws_ml.request.throttles')).toMatchObject([{ value: 2 }]);
  expect(valuesOf(throttled, 'aws_ml.request.retries')).toMatchObject([{ value: 2 }]);
  lab.services.setFaults({ comprehend: { accessDenied: true } });
  await lab.pool.query(sentiment).catch(() => {});
  const failed = await measured();
  const errors = durationsOf(failed, 'rpc.client.call.duration').map(({ attributes }) => attributes['error.type']);
  expect(errors).toContain('ACCESS_DENIED');
  expect(durationsOf(failed, 'aws_ml.statement.duration')).toMatchObject([{ attributes: { 'error.type': '38000' } }]);
});

it('show what is under way, and the limit that was found out, of all pools together', async () => {
  const { connectionString } = lab.database;
  const other = new Pool({ connectionString, awsMl: { ...localOptions(lab.services), maxConcurrency: 3 } });
  lab.services.setFaults({ sagemaker: { latencyMs: 300 } });
  const running = other.query("SELECT aws_sagemaker.invoke_endpoint('double', 10, id)::int FROM docs");
  const target = { 'aws_ml.function': 'aws_sagemaker.invoke_endpoint', 'aws_ml.target': 'double' };
  let active = 0;
  await expect
    .poll(async () => {
      for (const metric of await measured()) {
        if (metric.descriptor.name !== 'aws_ml.request.active') continue;
        expect(metric.dataPoints.map(({ attributes }) => attributes)).toEqual([target]);
        active += metric.dataPoints[0]?.value as number;
      }
      return active;
    })
    .toBe(3);
  await running;
  expect(valuesOf(await measured(), 'aws_ml.request.active')).toEqual([{ ...target, value: -3 }]);
  const lane = JSON.stringify({ 'aws_ml.service': 'sagemaker', 'aws_ml.target': 'double' });
  const limit = async () =>
    valuesOf(await measured(), 'aws_ml.request.limit').find(({ value: _, ...point }) => JSON.stringify(point) === lane)
      ?.value;
  const both = await limit();
  await other.end();
  expect(both).toBe(((await limit()) ?? 0) + 3);
});

it('have names and units of the conventions, where there are such', async () => {
  lab.services.setFaults({ comprehend: { throttle: 1 } });
  await lab.pool.query(sentiment);
  await lab.pool.query(embedding);
  const known = Object.entries(semconv).flatMap(([name, value]) => (name.startsWith('METRIC_') ? [value] : []));
  const metrics = await measured();
  const names = metrics.map(({ descriptor }) => descriptor.name);
  expect(names.filter((name) => !name.startsWith('aws_ml.') && !known.includes(name as never))).toEqual([]);
  for (const { descriptor } of metrics) expect(descriptor.unit).toMatch(/^(s|\{(request|input)\})$/);
});
