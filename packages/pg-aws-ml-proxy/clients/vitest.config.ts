import { defineConfig } from 'vitest/config';
import { sources } from '../../../vitest.aliases.js';

/** Programs in other languages, through the proxy: as many as there are interpreters on this machine. */
export default defineConfig({
  resolve: { alias: sources },
  test: {
    name: 'clients',
    root: new URL('../../..', import.meta.url).pathname,
    include: ['packages/pg-aws-ml-proxy/clients/**/*.test.ts'],
    globalSetup: ['packages/pg-aws-ml/test/support/global-setup.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
