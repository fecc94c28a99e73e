// Runs Aurora's machine-learning SQL on a PostgreSQL that has never heard of it. Needs no AWS account, no Docker and no
// network: the server is a throwaway one, and aws-ml-local stands for Comprehend, SageMaker and Bedrock.
import { startLocalServices } from 'aws-ml-local';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { loadTables } from './load.mjs';
import { psqlOnProxy } from './psql.mjs';
import { heading, say, statement, summary } from './report.mjs';
import { steps } from './steps.mjs';

const began = performance.now();
const services = await startLocalServices({
  baseDirectory: import.meta.dirname,
  endpoints: { 'water-meter': { builtIn: 'random-cut-forest', train: 'readings.csv', columns: ['litres'] } },
});
// Region, credentials and endpoints, where the AWS SDK finds them in production as well.
Object.assign(process.env, services.environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
const server = await startPostgres();
const pool = new Pool({ ...server });
// pool.end() doesn't wait for the last goodbye, and server.stop() doesn't either.
pool.on('error', () => {});

try {
  const { rows } = await pool.query('SHOW server_version');
  heading(`aws_ml on PostgreSQL ${rows[0].server_version}`);
  await loadTables(pool);
  const client = await pool.connect();
  client.on('notice', ({ message }) => say(`NOTICE:  ${message}`));
  await statement(client, pool.awsMl, 'CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE;');
  for (const { title, sql, after } of steps) {
    heading(title);
    for (const text of [sql].flat()) await statement(client, pool.awsMl, text);
    if (after) say(after);
  }
  client.release();
  heading('The same in psql, and in any other client (the proxy)');
  await psqlOnProxy(server);
  summary(services.requests, (performance.now() - began) / 1000);
} finally {
  await pool.end();
  await server.stop();
  await services.close();
}
