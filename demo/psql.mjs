import { spawn } from 'node:child_process';
import { startProxy } from 'pg-aws-ml-proxy';
import { say } from './report.mjs';

const sql = `SELECT category, count(*) AS complaints
FROM reviews
WHERE stars <= 2 AND (aws_comprehend.detect_sentiment(review, 'en')).sentiment = 'NEGATIVE'
GROUP BY category
ORDER BY complaints DESC, category
LIMIT 3;`;

/** Runs psql on a proxy before the server. Where it isn't installed, shows what would be run. */
export async function psqlOnProxy({ host, port, user, database }) {
  const proxy = await startProxy({ listen: '0', upstream: `postgres://${user}@${host}:${port}?sslmode=disable` });
  const args = ['-X', '-h', '127.0.0.1', '-p', String(proxy.port), '-U', user, database];
  say(`$ npx pg-aws-ml-proxy --upstream postgres://${host}:${port} --listen 127.0.0.1:${proxy.port}`);
  say(`$ psql ${args.join(' ')}\n\n${sql}\n`);
  const printed = await outputOf('psql', [...args, '-c', sql]);
  say(printed ?? 'psql is not installed here.\n');
  await proxy.close();
}

/** Undefined where there is no such program. */
function outputOf(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, PAGER: '' } });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      printed += text;
    });
    child.on('error', (error) => (error.code === 'ENOENT' ? resolve(undefined) : reject(error)));
    child.on('close', (status) => (status === 0 ? resolve(printed) : reject(new Error(`psql ended with ${status}`))));
  });
}
