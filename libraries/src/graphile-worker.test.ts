import { Logger, makeWorkerUtils, parseCronItems, run, runOnce, type TaskList } from 'graphile-worker';
import { describe, expect, it } from 'vitest';
import { useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

const logger = new Logger(() => () => {});

const score: TaskList[string] = async (payload, { query }) => {
  const { id } = payload as { id: number };
  await query(`update reviews set sentiment = (aws_comprehend.detect_sentiment(body, 'en')).sentiment where id = $1`, [
    id,
  ]);
};

describe('graphile-worker', () => {
  const lab = useLab();

  it('runs and retries jobs as over pg', () =>
    lab.compare(async (side) => {
      const pgPool = side.openPool();
      const utils = await makeWorkerUtils({ pgPool, logger });
      await utils.migrate();
      await utils.addJob('add', { a: 1 });
      await utils.addJob('add', { a: 2 }, { jobKey: 'key', priority: -1 });
      await utils.addJob('break', {}, { maxAttempts: 2 });
      const seen: unknown[] = [];
      const taskList: TaskList = {
        add: async (payload, { withPgClient }) => {
          const sum = await withPgClient((client) =>
            client.query('select $1::int + 1 as a', [(payload as { a: number }).a]),
          );
          seen.push(sum.rows);
        },
        break: () => {
          throw new Error('broken');
        },
      };
      await runOnce({ pgPool, logger, taskList });
      const jobs = () =>
        pgPool.query(
          'select task_identifier, attempts, max_attempts, last_error from graphile_worker.jobs order by id',
        );
      // The worker writes down a failure after the run has ended.
      await expect.poll(async () => (await jobs()).rows[0]?.last_error).toBe('broken');
      const { rows } = await jobs();
      await utils.release();
      return { seen, rows };
    }));

  it('is woken by notifications, and scores reviews in its jobs', async () => {
    const pgPool = lab.awsMl.openPool();
    const runner = await run({
      pgPool,
      logger,
      concurrency: 2,
      pollInterval: 60_000,
      noHandleSignals: true,
      taskList: { score },
      parsedCronItems: parseCronItems([]),
    });
    let done = 0;
    const finished = new Promise<void>((resolve, reject) => {
      runner.events.on('job:success', () => ++done === 5 && resolve());
      runner.events.on('job:error', ({ error }) => reject(error));
    });
    for (const id of [1, 2, 3, 4, 5]) await runner.addJob('score', { id });
    await finished;
    await runner.stop();
    const { rows } = await pgPool.query('select sentiment from reviews order by id');
    expect(rows.map((row) => row.sentiment)).toEqual(sentiments);
  });
});
