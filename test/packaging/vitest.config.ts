import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'packages',
    root: import.meta.dirname,
    // Packing, and installing from the registry.
    hookTimeout: 300_000,
    testTimeout: 180_000,
  },
});
