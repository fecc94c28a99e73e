import type pg from 'pg';
import pgPass from 'pgpass';

/**
 * Where neither the connection string nor PGPASSWORD has the password, it is looked for in the password file (PGPASSFILE,
 * or ~/.pgpass) once the server asks for it, and then asked of whoever sits at the terminal.
 */
export function providePassword(client: pg.Client): void {
  if (client.password) return;
  Object.assign(client, { password: () => findPassword(client) });
}

async function findPassword(client: pg.Client): Promise<string> {
  const { host, port, database, user } = client;
  const kept = await new Promise<string | undefined>((resolve) => pgPass({ host, port, database, user }, resolve));
  if (kept !== undefined) return kept;
  if (!process.stdin.isTTY) {
    throw new Error(
      `the server wants a password for user "${user}": set PGPASSWORD or PGPASSFILE, add it to ~/.pgpass, ` +
        'or run in a terminal to be asked for it',
    );
  }
  // The Pool may open several connections.
  typed ??= askFor(`Password for user ${user}: `);
  return typed;
}

let typed: Promise<string> | undefined;

/** On standard error, without an echo. An interrupt ends the program. */
async function askFor(prompt: string): Promise<string> {
  const { read } = await import('read');
  const password = await read({ prompt, silent: true, input: process.stdin, output: process.stderr });
  process.stderr.write('\n');
  return password;
}
