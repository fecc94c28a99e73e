import { expect, it } from 'vitest';
import { ConcurrencyLane } from './concurrency-lane.js';

/** Tasks that run until they are told to end. */
function tasks() {
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    started,
    task: (name: string) => () => {
      started.push(name);
      return new Promise<void>((resolve) => ends.set(name, resolve));
    },
    end: async (name: string) => {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

it('starts as many as the limit allows, the others in the order of their owner', async () => {
  const lane = new ConcurrencyLane(2);
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
  const lane = new ConcurrencyLane(1);
  const { started, task, end } = tasks();
  const [left, right] = [{}, {}];
  for (const name of ['a1', 'a2', 'a3']) lane.submit(left, task(name));
  for (const name of ['b1', 'b2']) lane.submit(right, task(name));
  for (const name of ['a1', 'a2', 'b1', 'a3', 'b2']) await end(name);
  expect(started).toEqual(['a1', 'a2', 'b1', 'a3', 'b2']);
});

it('forgets what an owner cancels, and nothing of the others', async () => {
  const lane = new ConcurrencyLane(1);
  const { started, task, end } = tasks();
  const [left, right] = [{}, {}];
  for (const name of ['a1', 'a2']) lane.submit(left, task(name));
  lane.submit(right, task('b1'));
  lane.cancel(left);
  await end('a1');
  expect(started).toEqual(['a1', 'b1']);
});
