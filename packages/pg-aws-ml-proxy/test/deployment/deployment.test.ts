import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settingNames, variableOf } from '../../src/cli/settings.js';

const packageRoot = join(import.meta.dirname, '../..');
const read = (path: string) => readFile(join(packageRoot, path), 'utf8');
const program = async () =>
  (JSON.parse(await read('package.json')) as { bin: Record<string, string> }).bin['pg-aws-ml-proxy'];

describe('the Dockerfile', async () => {
  const lines = (await read('Dockerfile')).replaceAll(/\\\n\s*/g, '').split('\n');
  const last = lines.slice(lines.lastIndexOf('FROM node:22-slim'));
  const argumentsOf = (instruction: string) =>
    last.find((line) => line.startsWith(`${instruction} `))?.slice(instruction.length + 1) ?? '';

  it('runs the program itself, so that signals reach it, and not as root', async () => {
    const entry = JSON.parse(argumentsOf('ENTRYPOINT')) as string[];
    expect(entry[0]).toBe('node');
    expect(entry[1]).toBe(join('/app/node_modules/pg-aws-ml-proxy', (await program()) ?? ''));
    expect(argumentsOf('USER')).toBe('node');
    expect(argumentsOf('STOPSIGNAL')).toBe('SIGTERM');
  });

  it('sets options that there are, and exposes their ports', () => {
    const names = settingNames.map(variableOf);
    const set = [...argumentsOf('ENV').matchAll(/(PG_AWS_ML_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]);
    expect(set.length).toBe(3);
    for (const [name] of set) expect(names).toContain(name);
    const ports = set.flatMap(([, value]) => /:(\d+)$/.exec(value ?? '')?.[1] ?? []);
    expect(argumentsOf('EXPOSE').split(' ')).toEqual(ports);
  });

  it('is healthy when the proxy is ready', async () => {
    let status = 200;
    const asked: (string | undefined)[] = [];
    const server = createServer(({ url }, response) => {
      asked.push(url);
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const command = JSON.parse(argumentsOf('HEALTHCHECK').replace(/^.*?CMD /, '')) as [string, ...string[]];
    const check = async () => {
      const env = { PATH: process.env.PATH, PG_AWS_ML_ADMIN: `0.0.0.0:${port}` };
      const child = execFile(process.execPath, command.slice(1), { env });
      return (await once(child, 'exit'))[0] as number;
    };
    expect(command[0]).toBe('node');
    expect(await check()).toBe(0);
    status = 503;
    expect(await check()).toBe(1);
    server.close();
    await once(server, 'close');
    expect(await check()).toBe(1);
    expect(asked).toEqual(['/readiness', '/readiness']);
  });
});

describe('the systemd unit', async () => {
  const unit = await read('systemd/pg-aws-ml-proxy.service');
  const canVerify = spawnSync('systemd-analyze', ['--version']).status === 0;

  it('runs the program, without a user of its own, with its options as a credential', async () => {
    const [, file] = /^ExecStart=\/usr\/bin\/node (\S+) --config %d\/config\.json$/m.exec(unit) ?? [];
    expect(file).toBe(join('/opt/pg-aws-ml-proxy/node_modules/pg-aws-ml-proxy', (await program()) ?? ''));
    for (const line of ['Type=exec', 'DynamicUser=yes', 'Restart=on-failure', 'KillSignal=SIGTERM']) {
      expect(unit.split('\n')).toContain(line);
    }
    expect(unit).toMatch(/^LoadCredential=config\.json:/m);
    expect(unit).toMatch(/^LimitNOFILE=\d{5,}$/m);
  });

  it.skipIf(!canVerify)(`is valid${canVerify ? '' : ' (skipped: no systemd-analyze)'}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'unit-'));
    const path = join(directory, 'pg-aws-ml-proxy.service');
    await writeFile(path, unit.replace('/usr/bin/node', process.execPath));
    const { stderr, status } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    await rm(directory, { recursive: true });
    // Other units of the machine may have faults of their own.
    expect(stderr.split('\n').filter((line) => line.includes('pg-aws-ml-proxy'))).toEqual([]);
    expect(typeof status).toBe('number');
  });
});
