import { describe, expect, it } from 'vitest';
import { LocalObjectStore } from '../objects/local-object-store.js';
import { memoryStorage } from '../objects/memory-storage.js';
import { createAutoMlJob, describeAutoMlJob } from './automl-jobs.js';
import type { ControlContext } from './context.js';
import { autoMlArn } from './run-automl-job.js';
import { emptyState } from './state.js';
import { WorkList } from './work.js';

const rows = Array.from({ length: 600 }, (_, index) => {
  const a = (index * 37) % 101;
  return `${a},${(index * 53) % 97},${a > 50 ? 'high' : 'low'}\n`;
});

async function* csv() {
  yield Buffer.from(`a,b,class\n${rows.join('')}`);
}

/** Jobs that never get past a stage. */
async function contextThatHangsAt(stage: string): Promise<ControlContext> {
  const store = await LocalObjectStore.open(memoryStorage);
  await store.createBucket('data');
  await store.put('data', 'in/rows.csv', csv());
  const rules = {
    delayMs: 0,
    atStage: (_: string, reached: string) => ({ kind: reached === stage ? 'hangs' : 'goes on' }) as const,
  };
  const work = new WorkList(rules);
  const state = emptyState();
  return { region: 'us-east-1', store, work, state, hosted: new Map(), configured: new Map(), changed() {} };
}

describe('an AutoML job whose time is up', () => {
  it('ends with the best candidate so far', async () => {
    const stage = 'GeneratingExplainabilityReport';
    const context = await contextThatHangsAt(stage);
    await createAutoMlJob(context, {
      AutoMLJobName: 'late',
      AutoMLJobInputDataConfig: [{ DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: 's3://data/in/' } } }],
      OutputDataConfig: { S3OutputPath: 's3://data/out' },
      AutoMLProblemTypeConfig: { TabularJobConfig: { TargetAttributeName: 'class' } },
      RoleArn: 'arn:aws:iam::111122223333:role/SageMaker',
    });
    const describeJob = () => describeAutoMlJob(context, { AutoMLJobName: 'late' });
    await expect.poll(() => describeJob().AutoMLJobSecondaryStatus, { timeout: 60_000 }).toBe(stage);
    context.work.end(autoMlArn(context, 'late'), 'out of time');
    await expect.poll(() => describeJob().AutoMLJobStatus, { timeout: 60_000 }).toBe('Completed');
    const { AutoMLJobSecondaryStatus, BestCandidate } = describeJob();
    expect(AutoMLJobSecondaryStatus).toBe('MaxAutoMLJobRuntimeReached');
    const uri = BestCandidate?.InferenceContainers?.[0]?.ModelDataUrl ?? '';
    expect(await context.store.head('data', uri.replace('s3://data/', ''))).toBeDefined();
    await context.work.close();
  }, 130_000);
});
