import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { Invoker, mlFunctions } from '../src/index.js';
import { credentials } from './wire-server.js';

const loaded = (part: string) =>
  Object.keys(createRequire(import.meta.url).cache).filter((path) => path.includes(part));

it('loads the SDK of a service when it is first called, not before', async () => {
  const invoker = new Invoker({
    region: 'us-east-1',
    credentials,
    endpoints: { sagemaker: 'http://127.0.0.1:9' },
    maxAttempts: 1,
  });
  const statement = invoker.openStatement();
  expect(mlFunctions).toHaveLength(4);
  expect([loaded('@aws-sdk'), loaded('@smithy')]).toEqual([[], []]);
  const call = { function: 'aws_sagemaker.invoke_endpoint', arguments: ['e', '1'], maxRowsPerBatch: 1 } as const;
  await statement.settled([statement.enqueue(call)]);
  expect(loaded('client-sagemaker-runtime')).not.toEqual([]);
  expect([loaded('client-comprehend'), loaded('client-bedrock-runtime')]).toEqual([[], []]);
  invoker.close();
});
