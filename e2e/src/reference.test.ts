import { describeReference } from 'aurora-reference';
import { describe } from 'vitest';
import { startPostgresContainer } from './support/container.js';

describe('the reference on a PostgreSQL container', () => {
  describeReference(startPostgresContainer);
});
