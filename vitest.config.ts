import { defineConfig } from 'vitest/config';
import { sources } from './vitest.aliases.js';

/**
 * For what hangs, not for what is slow: no test may depend on being quick, and a machine may be busy with other things.
 */
const patience = { testTimeout: Number(process.env.TT ?? 120_000), hookTimeout: 180_000 };

/** One PostgreSQL server for a run; each test file has databases of its own. */
const postgresForRun = 'packages/pg-aws-ml/test/support/global-setup.ts';

/** They register OpenTelemetry, which lasts as long as the process, or see what the process has loaded. */
const inOwnProcess = [
  'packages/pg-aws-ml/test/observability/**/*.test.ts',
  'packages/aws-ml-core/test/lazy-loading.test.ts',
];

/**
 * Test files of a package run in the same processes, one after the other: to load the sources for each of them would take
 * longer than most tests. So a test puts back what it changes for the whole process.
 */
function packageTests(name: string, globalSetup: string[] = []) {
  return {
    resolve: { alias: sources },
    test: {
      name,
      include: [`packages/${name}/{src,test}/**/*.test.ts`],
      exclude: inOwnProcess,
      isolate: false,
      globalSetup,
      // Every statement of the tests checks the planner's rules.
      env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', PG_AWS_ML_CHECK_RULES: '1' },
      ...patience,
    },
  };
}

function processTests() {
  const { resolve, test } = packageTests('pg-aws-ml', [postgresForRun]);
  return { resolve, test: { ...test, name: 'pg-aws-ml-process', include: inOwnProcess, exclude: [], isolate: true } };
}

export default defineConfig({
  test: {
    // Half of a test is waiting for the server and the services.
    maxWorkers: '150%',
    projects: [
      packageTests('aws-ml-options'),
      packageTests('aws-ml-core'),
      packageTests('pg-rewriter'),
      packageTests('aws-ml-local'),
      packageTests('throwaway-postgres'),
      packageTests('aurora-reference'),
      packageTests('pg-aws-ml', [postgresForRun]),
      processTests(),
      packageTests('pg-aws-ml-proxy', [postgresForRun]),
      { test: { name: 'bench', include: ['bench/src/**/*.test.ts'] } },
      {
        resolve: { alias: sources },
        test: {
          name: 'libraries',
          include: ['libraries/src/**/*.test.ts'],
          globalSetup: [postgresForRun],
          env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
          ...patience,
        },
      },
    ],
  },
});
