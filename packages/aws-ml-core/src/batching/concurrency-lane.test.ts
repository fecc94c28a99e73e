import { expect, it } from 'vitest';
import { ConcurrencyLane, type LaneTask } from './concurrency-lane.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { RequestQuota } from './request-quota.js';

/** Tasks that run until they are told to end. */
function tasks() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    task: (name: string): LaneTask => ({
      inputs: 1,
      run: () => {
        started.push(name);
        return new Promise<void>((resolve) => ends.set(name, resolve));
      },
    }),
    end: async (name: string) => {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

it('starts as many as the limit allows, the others in the order of their owner', async () => {
  const lane = new ConcurrencyLane(new ConcurrencyLimit(2));
  const { started, task, end } = tasks();
  const owner = {};
  for (const name of ['a', 'b', 'c', 'd']) lane.submit(owner, task(name));
  expect(started).toEqual(['a', 'b']);
  await end('b');
  expect(started).toEqual(['a', 'b', 'c']);
  await end('a');
  await end('c');
  expect(started).toEqual(['a', 'b', 'c', 'd']);
  expect(lane.idle).toBe(false);
  await end('d');
  expect(lane.idle).toBe(true);
});

it('gives owners turns', async () => {
  const lane = new ConcurrencyLane(new ConcurrencyLimit(1));
  const { started, task, end } = tasks();
  const [left, right] = [{}, {}];
  for (const name of ['a1', 'a2', 'a3']) lane.submit(left, task(name));
  for (const name of ['b1', 'b2']) lane.submit(right, task(name));
  for (const name of ['a1', 'a2', 'b1', 'a3', 'b2']) await end(name);
  expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
});

it('forgets what an owner cancels, and nothing of the others', async () => {
  const lane = new ConcurrencyLane(new ConcurrencyLimit(1));
  const { started, task, end } = tasks();
  const [left, right] = [{}, {}];
  for (const name of ['a1', 'a2']) lane.submit(left, task(name));
  lane.submit(right, task('b1'));
  lane.cancel(left);
  await end('a1');
  expect(started).toEqual(['a1', 'b1']);
});

it('gives the place of a throttled task to others, and the next one back to it', async () => {
  const lane = new ConcurrencyLane(new ConcurrencyLimit(1));
  const { started, task, end } = tasks();
  const owner = {};
  let again: boolean | undefined;
  lane.submit(owner, {
    inputs: 1,
    run: async (flow) => {
      started.push('throttled');
      await Promise.resolve();
      again = await flow.throttled();
      started.push('again');
    },
  });
  lane.submit({}, task('other'));
  lane.submit(owner, task('later'));
  await expect.poll(() => started).toEqual(['throttled', 'other']);
  expect(again).toBeUndefined();
  await end('other');
  await expect.poll(() => started).toEqual(['throttled', 'other', 'again', 'later']);
  expect(again).toBe(true);
  await end('later');
  expect(lane.idle).toBe(true);
});

it('tells a throttled task of a cancelled owner that there is no other place', async () => {
  const lane = new ConcurrencyLane(new ConcurrencyLimit(1));
  const owner = {};
  let again: boolean | undefined;
  lane.submit(owner, {
    inputs: 1,
    run: async (flow) => {
      again = await flow.throttled();
    },
  });
  lane.cancel(owner);
  await expect.poll(() => again).toBe(false);
  expect(lane.idle).toBe(true);
});

it('keeps to a quota of inputs', async () => {
  const lane = new ConcurrencyLane(new ConcurrencyLimit(8), new RequestQuota({ inputsPerSecond: 500 }));
  let ran = 0;
  const started = performance.now();
  const run = async () => {
    ran += 1;
  };
  for (let n = 0; n < 5; n += 1) lane.submit({}, { inputs: 25, run });
  await expect.poll(() => ran).toBe(5);
  // 100 inputs before the last one starts, less the 50 that may go at once.
  expect(performance.now() - started).toBeGreaterThan(95);
});
