import { join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../docs/markdown.js';

/** What an editor shows for the options, from the declarations that are published. */
const program = `
import { Pool, type AwsMlOptions } from 'pg-aws-ml';
export const options: AwsMlOptions = {
  region: 'eu-central-1',
  budget: { maxRequests: 1 },
  quotas: { comprehend: { requestsPerSecond: 1 } },
  prices: { 'aws_bedrock.invoke_model': { m: { usdPerInput: 1 } } },
  share: { m: true },
  cache: { ttlMs: 1, table: true },
  onError: 'null',
};
export const pool = new Pool({ awsMl: options });
`;

const file = join(root, 'packages/pg-aws-ml/test/options/editor.ts');

let service: ts.LanguageService;

beforeAll(() => {
  const built = ['aws-ml-options', 'aws-ml-core', 'pg-aws-ml', 'pg-rewriter'].map((name) => [
    name,
    [join(root, 'packages', name, 'src/index.ts')],
  ]);
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts'],
    skipLibCheck: true,
    types: ['node'],
    paths: {
      ...Object.fromEntries(built),
      'aws-ml-core/ml-functions': [join(root, 'packages/aws-ml-core/src/ml-functions.ts')],
    },
  };
  const host: ts.LanguageServiceHost = {
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot(name) {
      const text = name === file ? program : ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  };
  service = ts.createLanguageService(host);
});

describe('an editor', () => {
  it('finds no fault with options that are right', () => {
    expect(service.getSemanticDiagnostics(file).map(({ messageText }) => messageText)).toEqual([]);
  });

  it.each([
    ['region:', /AWS region/],
    ['budget:', /Bounds on what all statements/],
    ['maxRequests', /each counted once/],
    ['quotas', /allow/],
    ['requestsPerSecond', /Requests a second/],
    ['prices', /Prices for `maxCostUsd`/],
    ['usdPerInput', /US dollars for each input/],
    ['share', /share requests/],
    ['cache', /Keeps results/],
    ['ttlMs', /Milliseconds/],
    ['table:', /_aws_ml\.result_cache/],
    ['onError', /NULL/],
  ])('shows the docstring of %s', (name, meaning) => {
    const at = program.indexOf(name);
    const info = service.getQuickInfoAtPosition(file, at);
    expect(ts.displayPartsToString(info?.documentation)).toMatch(meaning);
  });
});
