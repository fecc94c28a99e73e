import { fileURLToPath } from 'node:url';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests run on the sources, so that a change is tested without a build. */
export const sources = {
  'aws-ml-core/ml-functions': source('packages/aws-ml-core/src/ml-functions.ts'),
  'aws-ml-core/options': source('packages/aws-ml-core/src/options/shared-options.ts'),
  'aws-ml-core/s3': source('packages/aws-ml-core/src/operations/s3/index.ts'),
  'aws-ml-core/training': source('packages/aws-ml-core/src/operations/training/index.ts'),
  'aws-ml-options': source('packages/aws-ml-options/src/index.ts'),
  'aws-ml-core': source('packages/aws-ml-core/src/index.ts'),
  'pg-rewriter': source('packages/pg-rewriter/src/index.ts'),
  'aws-ml-local/training': source('packages/aws-ml-local/src/training/index.ts'),
  'aws-ml-local': source('packages/aws-ml-local/src/index.ts'),
  'pg-aws-ml-proxy': source('packages/pg-aws-ml-proxy/src/index.ts'),
  'pg-aws-ml/session': source('packages/pg-aws-ml/src/session.ts'),
  'pg-aws-ml': source('packages/pg-aws-ml/src/index.ts'),
  'throwaway-postgres': source('packages/throwaway-postgres/src/index.ts'),
  'aurora-reference': source('packages/aurora-reference/src/index.ts'),
};
