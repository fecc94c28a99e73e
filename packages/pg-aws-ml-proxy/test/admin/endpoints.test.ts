import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AdminLab, openAdminLab } from '../support/admin-lab.js';

const CUSTOMER_TEXT = 'zebra crossing 4711';
const budget = { maxRequests: 1_000, maxInputs: 5_000, maxCostUsd: 3 };

let lab: AdminLab;

beforeAll(async () => {
  lab = await openAdminLab({ budget, cache: { ttlMs: 3_600_000, maxBytes: 1_000_000 } });
  const client = await lab.connect();
  await client.query('CREATE TABLE reviews (body text)');
  await client.query('INSERT INTO reviews SELECT $1 || (i % 50) FROM generate_series(1, 100) i', [CUSTOMER_TEXT]);
  for (const language of ['en', 'en', 'de']) {
    await client.query(`SELECT (aws_comprehend.detect_sentiment(body, '${language}')).sentiment FROM reviews`);
  }
  await client.query(`SELECT '${CUSTOMER_TEXT}'::int`).catch(() => {});
  await client.query(`SELECT aws_comprehend.detect_sentiment('${CUSTOMER_TEXT}', '${CUSTOMER_TEXT}')`).catch(() => {});
});
afterAll(() => lab.close());

/** Prometheus' text format: values by name and labels. */
function readMetrics(text: string): Map<string, number> {
  const values = new Map<string, number>();
  for (const line of text.trim().split('\n')) {
    if (line === '') continue;
    if (line.startsWith('#')) {
      expect(line).toMatch(/^# (HELP [a-z0-9_]+ \S.*|TYPE [a-z0-9_]+ (counter|gauge|histogram|summary))$/);
      continue;
    }
    const [, name, value] = /^([a-z0-9_]+(?:\{(?:[a-z0-9_]+="[^"\n]*",?)+\})?) (\S+)$/.exec(line) ?? [];
    expect(name, line).toBeDefined();
    if (!/nan/i.test(value ?? '')) expect(Number(value), line).not.toBeNaN();
    values.set(name as string, Number(value));
  }
  return values;
}

async function metrics(): Promise<Map<string, number>> {
  const response = await lab.get('/metrics');
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return readMetrics(await response.text());
}

const comprehend = 'function="aws_comprehend.detect_sentiment"';

describe('/metrics', () => {
  it('counts what was sent, its price, and what needed no request', async () => {
    const values = await metrics();
    const of = (name: string, labels = comprehend) => values.get(`pg_aws_ml_${name}{${labels}}`);
    // The last one, whose language is none.
    expect(of('inputs_total', `${comprehend},source="request"`)).toBe(101);
    expect(of('inputs_total', `${comprehend},source="equal_input"`)).toBe(150);
    expect(of('inputs_total', `${comprehend},source="cache"`)).toBe(50);
    expect(of('requests_total')).toBe(5);
    expect(of('retries_total')).toBe(0);
    expect(of('throttles_total')).toBe(0);
    // Fifty texts of up to 100 characters, of three units each.
    expect(of('cost_usd_total', `${comprehend},target="en"`)).toBeCloseTo(50 * 0.0003);
    expect(of('cost_usd_total', `${comprehend},target="de"`)).toBeCloseTo(50 * 0.0003);
    expect(of('requests_in_flight', `${comprehend},target="en"`)).toBe(0);
    expect(of('concurrency_limit', 'service="comprehend",target=""')).toBeGreaterThan(0);
  });

  it('counts clients, statements, errors and times', async () => {
    const values = await metrics();
    expect(values.get('pg_aws_ml_clients')).toBe(1);
    expect(values.get('pg_aws_ml_sessions_total')).toBe(1);
    expect(values.get('pg_aws_ml_statements_total{by="proxy"}')).toBe(4);
    expect(values.get('pg_aws_ml_statements_total{by="server"}')).toBe(3);
    expect(values.get('pg_aws_ml_errors_total{code="22P02"}')).toBe(1);
    expect(values.get('pg_aws_ml_bytes_held')).toBe(0);
    expect(values.get('pg_aws_ml_statement_duration_seconds_count{command="SELECT",way="batch",failed="false"}')).toBe(
      3,
    );
    expect(values.get('nodejs_eventloop_lag_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('counts clients that are not let in, by SQLSTATE', async () => {
    const { default: pg } = await import('pg');
    const { host, port, user } = lab.through;
    const client = new pg.Client({ host, port, user, database: 'no_such_database' });
    await expect(client.connect()).rejects.toMatchObject({ code: '3D000' });
    expect((await metrics()).get('pg_aws_ml_refused_total{code="3D000"}')).toBe(1);
    expect((await metrics()).get('pg_aws_ml_sessions_total')).toBe(1);
  });
});

describe('/status.json', () => {
  it('says who is connected, and in which state since when', async () => {
    const client = await lab.connect();
    client.on('error', () => {});
    await client.query('BEGIN');
    const { sessions } = await lab.status();
    const { user, database } = lab.direct;
    expect(sessions.map(({ state }) => state)).toEqual(['idle in transaction', 'idle']);
    expect(sessions[0]).toMatchObject({ user, database });
    expect(Date.now() - (sessions[0]?.since ?? 0)).toBeLessThan(600_000);
    const sleep = client.query('SELECT pg_sleep(600)').catch(() => {});
    await expect.poll(async () => (await lab.status()).active, { timeout: 60_000 }).toBe(1);
    const other = await lab.connect();
    const pid = (client as unknown as { processID: number }).processID;
    await other.query('SELECT pg_terminate_backend($1)', [pid]);
    await sleep;
  });

  it('says what is left of the budgets', async () => {
    const { budgets } = await lab.status();
    const { user, database } = lab.direct;
    expect(budgets).toEqual([
      { user, database, limits: budget, spent: { requests: 5, inputs: 101, costUsd: expect.closeTo(0.0303) } },
    ]);
  });

  it('lists the slowest statements, whatever their constants', async () => {
    const { slow } = await lab.status();
    expect(slow.map(({ count, rows }) => [count, rows])).toContainEqual([3, 300]);
    for (const { fingerprint } of slow) expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('health', () => {
  it('is ready while it runs and the server can be reached', async () => {
    const codes = async () =>
      Promise.all(['/startup', '/liveness', '/readiness'].map(async (path) => (await lab.get(path)).status));
    const { says } = lab;
    expect(await codes()).toEqual([200, 200, 200]);
    says.reachable = false;
    expect(await codes()).toEqual([200, 200, 503]);
    says.reachable = true;
    says.state = 'draining';
    expect(await codes()).toEqual([200, 200, 503]);
    says.state = 'starting';
    expect(await codes()).toEqual([503, 200, 503]);
    says.state = 'running';
    expect(await codes()).toEqual([200, 200, 200]);
  });
});

describe('what is served', () => {
  it('holds no text of customers', async () => {
    for (const path of ['/', '/metrics', '/status.json', '/status.json?since=0', '/readiness', `/${CUSTOMER_TEXT}`]) {
      const body = await (await lab.get(path)).text();
      expect(body.length).toBeGreaterThan(0);
      for (const word of ['zebra', '4711', 'FROM reviews', 'sentiment FROM']) expect(body).not.toContain(word);
    }
  });

  it('comes from this server alone, and cannot be framed', async () => {
    const { headers } = await lab.get('/');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('is only read', async () => {
    const response = await fetch(`${lab.url}/metrics`, { method: 'POST' });
    expect(response.status).toBe(405);
    expect((await lab.get('/../package.json')).status).toBe(404);
    expect((await fetch(`${lab.url}/liveness`, { method: 'HEAD' })).status).toBe(200);
  });

  it('is refused to a page that has made its name point to this machine', async () => {
    const statusFor = (host: string) =>
      new Promise((resolve, reject) => {
        request({ host: '127.0.0.1', port: lab.admin.port, path: '/metrics', headers: { host } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await statusFor('attacker.example:9090')).toBe(421);
    expect(await statusFor('localhost:9090')).toBe(200);
    expect(await statusFor(`127.0.0.1:${lab.admin.port}`)).toBe(200);
  });
});
