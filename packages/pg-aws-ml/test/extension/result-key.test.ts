import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { arrayLiteral } from '../../src/stubs/array-literal.js';
import { resultKey } from '../../src/stubs/result-key.js';
import { createInstalledDatabase, type InstalledDatabase } from './installed.js';

let database: InstalledDatabase;
beforeAll(async () => {
  database = await createInstalledDatabase();
});
afterAll(() => database.end());

const odd: (string | null)[][] = [
  [],
  [''],
  [null],
  ['', ''],
  ['', null],
  [null, ''],
  ['null'],
  ['NULL'],
  ['|null'],
  ['1:a|1:b'],
  ['1:a', '1:b'],
  ['a', 'b'],
  ['ab', ''],
  ['', 'ab'],
  ['a"b', "it's", 'back\\slash', '{curly,"}', '$$', '%s %'],
  ['line\nfeed', 'carriage\r\nreturn', '\ttab ', ' '],
  ['😀', 'e\u0301', 'é', '\u00a0', '日本語', '\u{10ffff}', '\ufeff'],
  [
    String.fromCharCode(
      ...Array.from({ length: 31 }, (_, i) => i + 1),
      0x7f,
      0x80,
      0x9f,
      0x2028,
      0x2029,
      0xfffe,
      0xffff,
    ),
  ],
  ['/ & < > \' " \\u0041'],
  ['x'.repeat(100_000)],
];

describe('the key of a result', () => {
  it.each(odd.map((args) => [JSON.stringify(args).slice(0, 60), args] as const))('%s', async (_, args) => {
    const [row] = await database.admin.query('SELECT _aws_ml.result_key($1, $2::text[])', [
      'aws_bedrock.invoke_model',
      arrayLiteral(args),
    ]);
    expect(row?.[0]).toBe(`\\x${resultKey('aws_bedrock.invoke_model', args)}`);
  });

  it('differs wherever function or arguments do', () => {
    const keys = odd.flatMap((args) => [
      resultKey('aws_bedrock.invoke_model', args),
      resultKey('aws_sagemaker.invoke_endpoint', args),
    ]);
    expect(new Set(keys).size).toBe(odd.length * 2);
  });
});
