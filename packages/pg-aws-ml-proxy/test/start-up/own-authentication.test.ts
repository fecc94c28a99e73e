import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProxyOptions, startProxy } from '../../src/index.js';
import type { ThrowawayPostgres } from '../support/postgres.js';
import { hasPsql, psql } from '../support/psql.js';
import { certificateOf, PASSWORD, startSecuredServer } from '../support/secured-server.js';

let server: ThrowawayPostgres;
let directory: string;
beforeAll(async () => {
  server = await startSecuredServer();
  directory = await mkdtemp(join(tmpdir(), 'users-'));
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

async function usersFile(text: string): Promise<string> {
  const path = join(directory, 'users.txt');
  await writeFile(path, text);
  return path;
}

async function withProxy(options: ProxyOptions, work: (connection: object) => Promise<void>): Promise<void> {
  const upstream = `postgres://127.0.0.1:${server.port}?sslmode=require`;
  const proxy = await startProxy({ listen: '0', upstream, ...options });
  try {
    await work({ host: '127.0.0.1', port: proxy.port, dbname: 'postgres', password: PASSWORD });
  } finally {
    await proxy.close();
  }
}

async function secretOfServer(role: string): Promise<string> {
  const client = new pg.Client({ ...server });
  await client.connect();
  const { rows } = await client.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [role]);
  await client.end();
  return rows[0].rolpassword;
}

describe.skipIf(!hasPsql)('a file of users', () => {
  it.each(['scram', 'md5', 'clear', 'trusted'])(
    'lets %s in with the password in it, whatever the server asks',
    async (user) => {
      const users = await usersFile(`; roles\n\n"other" "x"\n"${user}" "${PASSWORD}"\n`);
      await withProxy({ users, ...certificateOf('proxy') }, async (connection) => {
        expect(await psql({ ...connection, user }, 'SELECT current_user')).toBe(user);
        expect(await psql({ ...connection, user, sslmode: 'disable' })).toBe('1');
        const wrong = await psql({ ...connection, user, password: 'wrong' });
        expect(wrong).toContain(`password authentication failed for user "${user}"`);
      });
    },
  );

  it('may hold the secret of the server in place of the password', async () => {
    const users = await usersFile(
      `"scram" "${await secretOfServer('scram')}"\n"clear" "${await secretOfServer('clear')}"`,
    );
    await withProxy({ users }, async (connection) => {
      expect(await psql({ ...connection, user: 'scram' })).toBe('1');
      expect(await psql({ ...connection, user: 'scram', password: 'wrong' })).toContain('authentication failed');
      expect(await psql({ ...connection, user: 'clear' })).toContain('of which the proxy has a secret only');
    });
  });

  it('says nothing about who is in it', async () => {
    const users = await usersFile(`"scram" "${PASSWORD}"`);
    await withProxy({ users }, async (connection) => {
      const attempt = await psql({ ...connection, user: 'nobody' });
      expect(attempt).toContain('password authentication failed for user "nobody"');
    });
  });

  it("passes the server's refusal on", async () => {
    const users = await usersFile('"scram" "not it"');
    await withProxy({ users }, async (connection) => {
      const refused = await psql({ ...connection, user: 'scram', password: 'not it' });
      expect(refused).toMatch(/FATAL: {2}password authentication failed for user "scram"$/);
    });
  });

  it('that cannot be read is refused without showing what is in it', async () => {
    const users = await usersFile('"scram" "x"\nscram:secret');
    await expect(startProxy({ listen: '0', users })).rejects.toThrow(/line 2: must be a role and a password/);
    await expect(startProxy({ listen: '0', users, auth: 'pass' })).rejects.toThrow('auth must be "own"');
  });
});

describe.skipIf(!hasPsql)("the upstream's role and password", () => {
  it('let in that role alone', async () => {
    const upstream = `postgres://scram:${encodeURIComponent(PASSWORD)}@127.0.0.1:${server.port}`;
    await withProxy({ upstream, auth: 'own' }, async (connection) => {
      expect(await psql({ ...connection, user: 'scram' })).toBe('1');
      expect(await psql({ ...connection, user: 'clear' })).toContain('authentication failed');
      // pg has a SCRAM of its own.
      const { port } = connection as { port: number };
      const client = new pg.Client({
        host: '127.0.0.1',
        port,
        user: 'scram',
        password: PASSWORD,
        database: 'postgres',
      });
      await client.connect();
      expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      await client.end();
    });
  });

  it('are needed where nothing else says whom to let in', async () => {
    await expect(startProxy({ listen: '0', auth: 'own' })).rejects.toThrow('users must name a file');
  });
});
