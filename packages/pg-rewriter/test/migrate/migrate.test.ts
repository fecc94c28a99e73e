import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../src/ast/grammar.js';
import { parseStatement } from '../../src/ast/parse.js';
import { migrate } from '../../src/migrate/migrate.js';
import type { Migration } from '../../src/migrate/migration.js';
import { facts } from '../support/facts.js';

/** One folder for each situation: `input.sql` before, `migrated.sql` after. UPDATE_GOLDENS=1 writes the latter. */
const folder = new URL('./cases/', import.meta.url);
const update = process.env.UPDATE_GOLDENS === '1' && process.env.CI === undefined;

beforeAll(loadParser);

function migrated(sql: string): Migration {
  const outcome = migrate(parseStatement(sql), sql, facts, { checks: true });
  if (outcome.kind !== 'migration') throw new Error('the facts of the tests answer everything');
  return outcome;
}

function shown({ sql, changed, scans, kept, reason }: Migration): string {
  return [
    ...scans.map((s) => `-- scan ${s.alias}: ${s.call}`),
    ...scans.flatMap((s) => s.targets.map((t) => `-- ${s.alias} invokes ${t.function} ${t.name ?? '(no constant)'}`)),
    ...kept.map((k) => `-- kept ${k.schema}.${k.name}: ${k.reason}`),
    ...(reason === undefined ? [] : [`-- declined: ${reason}`]),
    changed ? `${sql};` : '-- unchanged',
    '',
  ].join('\n');
}

describe.each(readdirSync(folder))('%s', (name) => {
  const input = readFileSync(new URL(`${name}/input.sql`, folder), 'utf8')
    .trim()
    .replace(/;$/, '');

  test('is migrated as written down', () => {
    const golden = new URL(`${name}/migrated.sql`, folder);
    const actual = shown(migrated(input));
    if (update) writeFileSync(golden, actual);
    expect(existsSync(golden)).toBe(true);
    expect(actual).toBe(readFileSync(golden, 'utf8'));
  });

  test('stays as it is the second time', () => {
    const once = migrated(input);
    const twice = migrated(once.sql);
    expect(twice.changed).toBe(false);
    expect(twice.sql).toBe(once.sql);
    const byAlias = ({ scans }: Migration) => scans.toSorted((a, b) => (a.alias < b.alias ? -1 : 1));
    expect(byAlias(twice)).toEqual(byAlias(once));
  });
});
