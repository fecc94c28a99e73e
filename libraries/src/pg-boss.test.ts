import PgBoss from 'pg-boss';
import { describe, expect, it } from 'vitest';
import { type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

async function withBoss<T>(side: Side, program: (boss: PgBoss, pool: ReturnType<Side['openPool']>) => Promise<T>) {
  const pool = side.openPool();
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) } });
  const failures: unknown[] = [];
  boss.on('error', (error) => failures.push(error));
  await boss.start();
  try {
    return await program(boss, pool);
  } finally {
    await boss.stop({ graceful: false });
    expect(failures).toEqual([]);
  }
}

describe('pg-boss', () => {
  const lab = useLab();

  it('queues, fetches, retries and completes as over pg', () =>
    lab.compare((side) =>
      withBoss(side, async (boss) => {
        await boss.createQueue('scores', { name: 'scores', retryLimit: 1 });
        await boss.send('scores', { review: 1 }, { priority: 1 });
        await boss.insert([{ name: 'scores', data: { review: 2 } }]);
        const sizes = [await boss.getQueueSize('scores')];
        const jobs = await boss.fetch<{ review: number }>('scores', { batchSize: 5, includeMetadata: true });
        jobs.sort((a, b) => a.data.review - b.data.review);
        await boss.complete('scores', jobs[0]!.id, { done: true });
        await boss.fail('scores', jobs[1]!.id, new Error('later'));
        sizes.push(await boss.getQueueSize('scores'));
        const completed = await boss.getJobById('scores', jobs[0]!.id);
        const queues = await boss.getQueues();
        return {
          jobs: jobs.map(({ data, state, retryCount, priority }) => ({ data, state, retryCount, priority })),
          completed: [completed?.state, completed?.output],
          queues: queues.map(({ name, policy }) => [name, policy]),
          sizes,
        };
      }),
    ));

  it('works through a queue whose jobs score reviews', () =>
    withBoss(lab.awsMl, async (boss, pool) => {
      await boss.createQueue('sentiments');
      await boss.insert([1, 2, 3, 4, 5].map((review) => ({ name: 'sentiments', data: { review } })));
      await new Promise<void>((resolve, reject) => {
        boss
          .work<{ review: number }>('sentiments', { batchSize: 10, pollingIntervalSeconds: 0.5 }, async (jobs) => {
            const ids = jobs.map((job) => job.data.review);
            const { rowCount } = await pool.query(
              `update reviews set sentiment = (aws_comprehend.detect_sentiment(body, 'en')).sentiment where id = any($1)`,
              [ids],
            );
            if (rowCount === 5) resolve();
          })
          .catch(reject);
      });
      const { rows } = await pool.query('select sentiment from reviews order by id');
      expect(rows.map((row) => row.sentiment)).toEqual(sentiments);
    }));
});
