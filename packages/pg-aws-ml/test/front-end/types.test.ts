import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** What the compiler reports about a program that uses the package. */
function diagnose(file: string, options: ts.CompilerOptions): string[] {
  const program = ts.createProgram([path(file)], {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    types: ['node'],
    typeRoots: [path('../../../../node_modules/@types')],
    strict: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    paths: { 'pg-aws-ml': [path('../../src/index.ts')] },
    ...options,
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file: at, messageText }) => `${at?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

const nodeNext = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
const bundler = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };

it.each([
  ['./types/module.mts', 'nodenext', nodeNext],
  ['./types/module.mts', 'bundler', bundler],
  ['./types/commonjs.cts', 'nodenext', nodeNext],
])('compiles %s under %s', (file, _name, options) => {
  expect(diagnose(file, options)).toEqual([]);
});
