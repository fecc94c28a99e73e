import { defineConfig } from 'vitest/config';
import { sources } from '../../../../vitest.aliases.js';

/** The oracle at full length: every written statement by every way, and many at random. `npm test` takes a sample. */
export default defineConfig({
  resolve: { alias: sources },
  test: {
    name: 'oracle',
    root: new URL('../../../..', import.meta.url).pathname,
    include: ['packages/pg-aws-ml/test/oracle/**/*.test.ts'],
    globalSetup: ['packages/pg-aws-ml/test/support/global-setup.ts'],
    env: {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ORACLE_EVERY_WAY: 'true',
      ORACLE_STATEMENTS: process.env.ORACLE_STATEMENTS ?? '2000',
      ORACLE_LANES: process.env.ORACLE_LANES ?? '3',
      ORACLE_SEED: process.env.ORACLE_SEED ?? String(Date.now() % 2 ** 31),
    },
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
