import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const sources = join(import.meta.dirname, '../../src');
const owner = join('server', 'transaction.ts');
/** SQL that a connection is given to begin or to end a transaction, or a part of one. */
const sends =
  /\.(?:run|simple|query|openPortal)\(\s*['"`](?:BEGIN|START|COMMIT|END|ABORT|ROLLBACK|SAVEPOINT|RELEASE)\b/;

const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
const text = (name: string) => readFileSync(join(sources, name), 'utf8');

test('one module begins and ends transactions', () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((name) => name !== owner && sends.test(text(name)))).toEqual([]);
  expect(text(owner)).toMatch(sends);
});
