import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Tests run on the sources, so that a change is tested without a build.
const alias = {
  'aws-ml-core/ml-functions': source('packages/aws-ml-core/src/ml-functions.ts'),
  'aws-ml-core': source('packages/aws-ml-core/src/index.ts'),
  'pg-rewriter': source('packages/pg-rewriter/src/index.ts'),
  'aws-ml-local': source('packages/aws-ml-local/src/index.ts'),
  'pg-aws-ml': source('packages/pg-aws-ml/src/index.ts'),
  'throwaway-postgres': source('packages/throwaway-postgres/src/index.ts'),
};

const timeouts = { testTimeout: 20_000, hookTimeout: 60_000 };

function packageProject(name: string, globalSetup: string[] = []) {
  return {
    resolve: { alias },
    test: { name, include: [`packages/${name}/{src,test}/**/*.test.ts`], globalSetup, ...timeouts },
  };
}

export default defineConfig({
  test: {
    projects: [
      packageProject('aws-ml-core'),
      packageProject('pg-rewriter'),
      packageProject('aws-ml-local'),
      packageProject('throwaway-postgres'),
      packageProject('pg-aws-ml', ['packages/pg-aws-ml/test/support/global-setup.ts']),
    ],
  },
});
