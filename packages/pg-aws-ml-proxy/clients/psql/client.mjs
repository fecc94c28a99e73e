// psql: features.sql as a script, and the statements of a job one by one.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [mode, file] = process.argv.slice(2);

if (mode === 'features') {
  const script = fileURLToPath(new URL('features.sql', import.meta.url));
  // Errors are worded by the service; what they are is printed by the script.
  const { stdout, status, error } = spawnSync('psql', ['-X', '-P', 'pager=off', '-f', script], { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`psql ended with ${status}\n${stdout}`);
  process.stdout.write(stdout);
} else {
  const sessions = new Map();
  for (const { as, sql } of JSON.parse(readFileSync(file, 'utf8'))) {
    if (!sessions.has(as)) sessions.set(as, session(as));
    process.stdout.write(`${JSON.stringify(await sessions.get(as)(sql))}\n`);
  }
  for (const one of sessions.values()) one.end();
}

/** What is printed for a statement, with what psql says of it, between marks. */
const MARK = String.fromCharCode(0x1c);
const answer = new RegExp(`^([^]*?)${MARK} (\\w+) (\\w+) ${MARK}\n$`);

function session(user) {
  const options = [
    '-X',
    '-q',
    '-A',
    '-t',
    '-F',
    '\x1f',
    '-R',
    '\x1e',
    '-P',
    'null=\x1d',
    ...(user ? ['-U', user] : []),
  ];
  const child = spawn('psql', options, { stdio: ['pipe', 'pipe', 'ignore'] });
  let printed = '';
  let wake = () => {};
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
    wake();
  });
  const run = async (sql) => {
    child.stdin.write(`${sql}\n;\n\\echo '${MARK}' :ERROR :SQLSTATE '${MARK}'\n`);
    let found = null;
    while (found === null) {
      await new Promise((resolve) => {
        wake = resolve;
      });
      found = answer.exec(printed);
    }
    printed = '';
    const [, text, failed, state] = found;
    if (failed === 'true') return { error: state };
    const rows = text.replace(/\n$/, '').split('\x1e');
    if (text === '') return { rows: [] };
    return { rows: rows.map((row) => row.split('\x1f').map((value) => (value === '\x1d' ? null : value))) };
  };
  run.end = () => child.stdin.end();
  return run;
}
