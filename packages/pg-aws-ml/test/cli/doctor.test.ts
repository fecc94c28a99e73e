import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/postgres.js';
import { buildCli, connectionEnvironment, type Environment, runCli } from './run-cli.js';

interface Finding {
  readonly check: string;
  readonly status: string;
  readonly message: string;
  readonly fix?: string;
}

let services: LocalServices;
let database: Environment;

beforeAll(async () => {
  const [address] = await Promise.all([createTestDatabase(), buildCli()]);
  services = await startLocalServices();
  database = connectionEnvironment(address);
});
afterAll(() => services.close());

async function findings(environment: Environment) {
  const { code, stdout, stderr } = await runCli(environment, ['doctor', '--json']);
  expect(stderr).toBe('');
  const found = JSON.parse(stdout) as Finding[];
  return { code, of: (check: string) => found.find((finding) => finding.check === check), found };
}

describe('doctor', () => {
  it('says what to install, and is content afterwards', async () => {
    const environment = { ...database, ...services.environment };
    const before = await findings(environment);
    expect(before.code).toBe(1);
    expect(before.of('extension')).toMatchObject({
      status: 'failed',
      fix: expect.stringContaining('pg-aws-ml install'),
    });
    await runCli(environment, ['install']);
    const after = await findings(environment);
    expect(after.found.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect([after.code, after.found.length]).toEqual([0, 12]);
  });

  it('sends nothing to a service', async () => {
    services.resetRequests();
    await findings({ ...database, ...services.environment });
    // That somebody answers is tried by a request without a signature, which is no operation.
    expect(services.requests.entries.filter(({ operation }) => operation !== '')).toEqual([]);
  });

  it('says which grant a role lacks', async () => {
    const environment = { ...database, ...services.environment };
    await runCli(environment, ['install']);
    const role = `doctor_${database.PGDATABASE}`;
    const set = `CREATE ROLE ${role} LOGIN; REVOKE USAGE ON SCHEMA aws_bedrock FROM PUBLIC`;
    expect(await runCli(environment, ['query', set])).toMatchObject({ code: 0 });
    const { code, of } = await findings({ ...environment, PGUSER: role });
    expect(code).toBe(0);
    const fix = of('privileges on aws_comprehend.detect_sentiment')?.fix ?? '';
    expect(fix).toContain(`GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO ${role};`);
    expect(fix).not.toContain('USAGE');
    expect(of('privileges on aws_bedrock.invoke_model')).toMatchObject({
      status: 'warning',
      fix: expect.stringContaining('GRANT USAGE ON SCHEMA aws_bedrock'),
    });
  });

  it('explains why there is no connection, and goes on with AWS', async () => {
    const { code, of } = await findings({ ...database, ...services.environment, PGPORT: '1' });
    expect(code).toBe(1);
    expect(of('connection')).toMatchObject({ status: 'failed', fix: expect.stringContaining('PGHOST') });
    expect(of('bedrock endpoint')).toMatchObject({ status: 'ok' });
    const missing = await findings({ ...database, ...services.environment, PGDATABASE: 'no such' });
    expect(missing.of('connection')).toMatchObject({ status: 'failed', fix: expect.stringContaining('PGDATABASE') });
  });

  it('explains a missing region, missing credentials and an endpoint that does not answer', async () => {
    const nothing = await findings(database);
    expect(nothing.of('AWS region')).toMatchObject({ status: 'failed', fix: expect.stringContaining('AWS_REGION') });
    expect(nothing.of('AWS credentials')).toMatchObject({ status: 'skipped' });
    const { code, of } = await findings({
      ...database,
      AWS_REGION: 'eu-central-1',
      AWS_ENDPOINT_URL_COMPREHEND: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME: services.url,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: services.url,
    });
    expect(code).toBe(1);
    expect(of('AWS region')).toMatchObject({ status: 'ok', message: 'eu-central-1' });
    expect(of('AWS credentials')).toMatchObject({ status: 'failed', fix: expect.stringContaining('AWS_PROFILE') });
    expect(of('comprehend endpoint')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('ECONNREFUSED'),
    });
    expect(of('sagemaker endpoint')).toMatchObject({ status: 'ok' });
  });

  it('prints for people, and shows no secret', async () => {
    const environment = {
      ...database,
      ...services.environment,
      AWS_SECRET_ACCESS_KEY: 'hunter2',
      PGPASSWORD: 'hunter3',
    };
    const { stdout } = await runCli(environment, ['doctor']);
    expect(stdout).toMatch(/^ok +connection: connected to /);
    expect(stdout).not.toMatch(/hunter/);
  });
});
