import { beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/training/load-model.js';
import { startJob } from '../../src/training/start-job.js';
import { type AutoMlTask, TrainingFailure, type TrainingProgress } from '../../src/training/training-job.js';
import { buildPackage } from '../build-package.js';

const csv = (lines: readonly string[]): Uint8Array => Buffer.from(`${lines.join('\n')}\n`);

/** Who is older than 40 says yes, unless the colour is red. */
const rows = Array.from({ length: 200 }, (_, i) => {
  const [age, colour] = [20 + ((i * 7) % 50), ['red', 'green', 'blue'][i % 3]];
  return `${age},${colour},${age > 40 && colour !== 'red' ? 'yes' : 'no'}`;
});
const task: AutoMlTask = { kind: 'automl', training: csv(['age,colour,answer', ...rows]), target: 'answer' };

// Threads run what is built.
beforeAll(buildPackage);

describe('a job in a thread', () => {
  it('tells its stages and candidates, and ends with the best', async () => {
    const told: string[] = [];
    const report = (progress: TrainingProgress) =>
      told.push(progress.kind === 'stage' ? progress.stage : progress.candidate.name);
    const { best, candidates, problemType } = await startJob(task, report).done;
    expect(told).toEqual([
      'AnalyzingData',
      'FeatureEngineering',
      'ModelTuning',
      ...candidates.map(({ name }) => name),
      'GeneratingExplainabilityReport',
    ]);
    expect(problemType).toBe('BinaryClassification');
    expect(best.objective).toMatchObject({ name: 'F1', type: 'Maximize' });
    const answers = loadModel(best.model).predict([
      ['60', 'green'],
      ['60', 'red'],
      ['25', 'blue'],
    ]);
    expect(answers.map(({ predictedLabel }) => predictedLabel)).toEqual(['yes', 'no', 'no']);
  });

  it('fails with the reason', async () => {
    const job = startJob({ ...task, target: 'nothing' });
    await expect(job.done).rejects.toThrow(TrainingFailure);
    await expect(job.done).rejects.toMatchObject({
      stopped: false,
      message: expect.stringMatching("no column of the target's name"),
    });
  });

  it('ends when it is stopped', async () => {
    const job = startJob(task);
    job.stop();
    await expect(job.done).rejects.toMatchObject({ name: 'TrainingFailure', stopped: true });
  });
});
