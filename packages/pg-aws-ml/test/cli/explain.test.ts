import { type LocalServices, startLocalServices } from 'aws-ml-local';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase } from '../support/postgres.js';
import { buildCli, connectionEnvironment, type Environment, runCli } from './run-cli.js';

let services: LocalServices;
let environment: Environment;
const sql = "SELECT (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM review WHERE id <= 30";

beforeAll(async () => {
  const [database] = await Promise.all([createTestDatabase(), buildCli()]);
  services = await startLocalServices();
  environment = { ...connectionEnvironment(database), ...services.environment };
  await runCli(environment, ['install']);
  const table = "CREATE TABLE review AS SELECT i AS id, 'Great product ' || i AS body FROM generate_series(1, 60) AS i";
  expect(await runCli(environment, ['query', table])).toMatchObject({ code: 0 });
});
afterAll(() => services.close());
beforeEach(() => services.resetRequests());

it('shows the migrated plan and sends nothing', async () => {
  const { code, stdout } = await runCli(environment, ['explain', '--verbose', sql]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Nested Loop/);
  expect(stdout).toMatch(/Function Call: aws_comprehend\.detect_sentiment\(/);
  expect(services.requests.entries).toEqual([]);
});

it('runs the statement and shows its batches', async () => {
  const { stdout } = await runCli(environment, ['explain', '--analyze', '-'], `${sql};`);
  expect(stdout).toMatch(/Batch Processing: num batches=2 avg\/min\/max batch size=15\.000\/5\.000\/25\.000/);
  expect(services.requests.total('comprehend')).toBe(2);
});

it('points into the statement as it was written', async () => {
  const { code, stderr } = await runCli(environment, ['explain', 'SELECT nothing FROM review']);
  expect(code).toBe(3);
  expect(stderr).toBe(
    'ERROR:  42703: column "nothing" does not exist\nLINE 1: EXPLAIN SELECT nothing FROM review\n                       ^\n',
  );
});
