import { defineConfig } from 'vitest/config';
import { sources } from '../vitest.aliases.js';

export default defineConfig({
  resolve: { alias: sources },
  test: {
    name: 'e2e',
    root: import.meta.dirname,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    include: ['src/**/*.test.ts'],
    // The first start may pull the image.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
