import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeEndpointCommand } from '@aws-sdk/client-sagemaker-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AwsError, startLocalServices } from '../src/index.js';
import { errorOf, type Fixture, startFixture } from './sdk-clients.js';

let fixture: Fixture;
let container: Server;
let directory: string;
let pings = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aws-ml-local-'));
  await writeFile(
    join(directory, 'scores.csv'),
    '\uFEFFtimestamp,value,anomaly_score\n2014-07-01 00:00:00,10844.0,0.25\n2014-07-01 00:30:00,8127.0,1.5\n',
  );
  const series = Array.from({ length: 300 }, (_, i) => `${i},${100 + (i % 10)}`);
  await writeFile(join(directory, 'series.csv'), `t,value\n${series.join('\n')}\n`);
  container = createServer((request, response) => {
    if (request.url === '/ping') {
      pings += 1;
      response.writeHead(pings === 1 ? 503 : 200).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (body.startsWith('fail')) response.writeHead(400).end('bad row');
      else response.writeHead(200, { 'content-type': 'text/csv' }).end(body.replaceAll(',', ';'));
    });
  });
  await new Promise<void>((resolve) => container.listen(0, '127.0.0.1', resolve));
  const proxy = `http://127.0.0.1:${(container.address() as AddressInfo).port}/invocations`;
  fixture = await startFixture({
    baseDirectory: directory,
    endpoints: {
      total: 'sum',
      echo: 'echo',
      pair: { predict: (fields) => [fields.length, fields.join('|')] },
      joined: { builtIn: 'sum', layout: 'comma-separated' },
      broken: {
        predict: () => {
          throw new Error('secret input');
        },
      },
      inline: { table: { '1,a': 0.5, '2,"b,c"': 'x' }, default: 'unknown' },
      scores: { table: 'scores.csv' },
      proxied: { proxy },
      gone: { proxy: 'http://127.0.0.1:9/invocations' },
      forest: { builtIn: 'random-cut-forest', train: 'series.csv', columns: ['value'] },
      sagemaker_model_endpoint_name: 'sum',
    },
  });
});
afterAll(async () => {
  await fixture.close();
  container.closeAllConnections();
  await new Promise((resolve) => container.close(resolve));
  await rm(directory, { recursive: true });
});
beforeEach(() => fixture.services.resetRequests());

const invoke = (EndpointName: string, Body: string | Uint8Array, ContentType = 'text/csv', Accept = 'text/csv') =>
  fixture.sagemaker.send(new InvokeEndpointCommand({ EndpointName, ContentType, Accept, Body: Buffer.from(Body) }));
const predict = async (endpoint: string, body: string) =>
  Buffer.from((await invoke(endpoint, body)).Body ?? []).toString('utf8');

describe('InvokeEndpoint', () => {
  it('answers a line a row', async () => {
    const answer = await invoke('total', '1,2.5\n3,x,4.25\r\n');
    expect(Buffer.from(answer.Body ?? []).toString()).toBe('3.5\n7.25\n');
    expect(answer.ContentType).toMatch(/^text\/csv/);
    expect(answer.InvokedProductionVariant).toBe('AllTraffic');
    expect(fixture.services.requests.entries).toMatchObject([
      { service: 'sagemaker', operation: 'InvokeEndpoint', target: 'total', batchSize: 2, status: 200 },
    ]);
  });

  it('reads and writes CSV as RFC 4180 has it', async () => {
    expect(await predict('echo', '"a\nb","say ""hi"""\r\n,x\r\n')).toBe('"a\nb","say ""hi"""\n,x\n');
    expect(await predict('pair', '1,"2,3"')).toBe('2,"1|2,3"\n');
  });

  it('takes an empty line for a row with one empty field', async () => {
    expect(await predict('pair', '\n\n')).toBe('1,\n1,\n');
    expect(await predict('pair', '')).toBe('1,\n');
  });

  it('answers on one line, or in JSON, where asked to', async () => {
    expect(await predict('joined', '1\n2\n3\n')).toBe('1,2,3');
    const answer = await invoke('total', '1\n2', 'text/csv', 'application/json');
    expect(answer.ContentType).toBe('application/json');
    expect(JSON.parse(Buffer.from(answer.Body ?? []).toString())).toEqual({
      predictions: [{ score: 1 }, { score: 2 }],
    });
  });

  it('answers from tables, comparing numbers as numbers', async () => {
    expect(await predict('inline', '1.0,a\n2,"b,c"\n9,z\n')).toBe('0.5\nx\nunknown\n');
    expect(await predict('scores', '2014-07-01 00:30:00,8127\n')).toBe('1.5\n');
    const error = await errorOf(invoke('scores', 'now,8127\n'));
    expect(error.name).toBe('ModelError');
  });

  it('scores outliers higher than ordinary rows, the same every time', async () => {
    const scores = (await predict('forest', '104\n105\n5000\n')).trim().split('\n').map(Number);
    const [usual = 0, alike = 0, outlier = 0] = scores;
    expect(outlier).toBeGreaterThan(3 * Math.max(usual, alike));
    expect((await predict('forest', '5000\n104')).trim().split('\n').map(Number)).toEqual([outlier, usual]);
  });

  it('forwards to a container once it answers /ping', async () => {
    const answer = await invoke('proxied', '1,2\n3,4');
    expect(Buffer.from(answer.Body ?? []).toString()).toBe('1;2\n3;4');
    // The first ping failed; the SDK retried ModelNotReadyException.
    expect(pings).toBe(2);
    expect(answer.$metadata.attempts).toBe(2);
    const error = await errorOf(invoke('proxied', 'fail'));
    expect(error).toMatchObject({ name: 'ModelError', OriginalStatusCode: 400, OriginalMessage: 'bad row' });
    expect(error.$metadata.httpStatusCode).toBe(424);
    expect(await errorOf(invoke('gone', '1'))).toMatchObject({ name: 'ModelNotReadyException' });
  });

  it('serves a configured name that AWS would not allow', async () => {
    expect(await predict('sagemaker_model_endpoint_name', '1,2')).toBe('3\n');
  });

  it.each([
    ['an unknown endpoint', 'nope', '1', /^Endpoint nope of account \d{12} not found\.$/],
    ['a name with other signs', 'a_b', '1', /regular expression/],
    ['a name of 64 letters', 'a'.repeat(64), '1', /length less than or equal to 63/],
  ])('refuses %s', async (_, endpoint, body, message) => {
    const error = await errorOf(invoke(endpoint, body));
    expect(error).toMatchObject({ name: 'ValidationError', $metadata: { httpStatusCode: 400, attempts: 1 } });
    expect(error.message).toMatch(message);
  });

  it('takes 6 MB and no byte more', async () => {
    const limit = 6 * 1024 * 1024;
    expect((await invoke('total', Buffer.alloc(limit, '1'))).$metadata.httpStatusCode).toBe(200);
    const error = await errorOf(invoke('total', Buffer.alloc(limit + 1, '1')));
    expect(error).toMatchObject({ name: 'ValidationError', $metadata: { httpStatusCode: 400, attempts: 1 } });
    expect(error.message).toContain('6291456');
  });

  it('reports what a model fails with, without its input', async () => {
    const error = await errorOf(invoke('broken', 'secret input'));
    expect(error).toMatchObject({ name: 'ModelError', OriginalStatusCode: 500 });
    expect(JSON.stringify(error)).not.toContain('secret');
    expect(await errorOf(invoke('total', '{}', 'application/json'))).toMatchObject({ OriginalStatusCode: 415 });
    expect(await errorOf(invoke('total', '"open'))).toMatchObject({ OriginalStatusCode: 400 });
  });
});

describe('a forest without training rows', () => {
  it('learns from what it is asked about', async () => {
    const own = await startFixture({ endpoints: { forest: 'random-cut-forest' } });
    const body = [...Array.from({ length: 200 }, (_, index) => 100 + (index % 10)), 5000].join('\n');
    const input = { EndpointName: 'forest', ContentType: 'text/csv', Body: Buffer.from(body) };
    const answer = await own.sagemaker.send(new InvokeEndpointCommand(input)).finally(() => own.close());
    const scores = Buffer.from(answer.Body ?? [])
      .toString()
      .trim()
      .split('\n')
      .map(Number);
    expect(scores).toHaveLength(201);
    expect(scores[0]).toBe(0);
    expect(scores.at(-1)).toBeGreaterThan(3 * Math.max(...scores.slice(50, 200)));
  });
});

describe('an error of the configuration', () => {
  it('is the answer as it is', async () => {
    const predict = () => {
      throw new AwsError('ModelNotReadyException', 429, 'still loading');
    };
    const own = await startFixture({ endpoints: { busy: { predict } } }, 1);
    const input = { EndpointName: 'busy', ContentType: 'text/csv', Body: Buffer.from('1') };
    const error = await errorOf(own.sagemaker.send(new InvokeEndpointCommand(input)).finally(() => own.close()));
    expect(error).toMatchObject({ name: 'ModelNotReadyException', message: 'still loading' });
  });
});

describe('endpoint configuration', () => {
  it.each([
    ['an unknown built-in', 'nope', /no built-in is called nope/],
    ['nothing known', {}, /expected predict, table, proxy or builtIn/],
    ['a column that is not there', { table: 'scores.csv', inputs: ['x'] }, /no column x/],
    ['inputs that do not decide', { table: 'series.csv', inputs: ['value'], outputs: ['t'] }, /second answer/],
  ])('refuses %s', async (_, config, message) => {
    const start = startLocalServices({ baseDirectory: directory, endpoints: { bad: config as never } });
    await expect(start).rejects.toThrow(message);
  });
});
