import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import Cursor from 'pg-cursor';
import QueryStream from 'pg-query-stream';
import { describe, expect, it } from 'vitest';
import { errorOf, type Side, useLab } from './lab/lab.js';
import { sentiments } from './lab/reviews.js';

const scored = "(aws_comprehend.detect_sentiment(body, 'en')).sentiment";

async function withClient<T>(side: Side, program: (client: Awaited<ReturnType<typeof checkOut>>) => Promise<T>) {
  const client = await checkOut(side);
  try {
    return await program(client);
  } finally {
    client.release();
  }
}
const checkOut = (side: Side) => side.openPool({ max: 1 }).connect();

const textOf = async (stream: Readable) => Buffer.concat(await stream.toArray()).toString();

describe('pg-cursor, pg-query-stream and pg-copy-streams', () => {
  const lab = useLab();

  it('read, stop early, fail and go on as over pg', () =>
    lab.compare((side) =>
      withClient(side, async (client) => {
        const seen: unknown[] = [];
        const cursor = client.query(new Cursor('select id, tags from reviews order by id', [], { rowMode: 'array' }));
        seen.push(await cursor.read(2), await cursor.read(9), await cursor.read(1));
        await cursor.close();
        const stream = client.query(new QueryStream('select id from reviews where id > $1', [1], { batchSize: 2 }));
        for await (const row of stream) seen.push(row);
        for await (const row of client.query(new QueryStream('select id from reviews order by id'))) {
          seen.push(row);
          break;
        }
        const failing = client.query(
          new QueryStream('select 1 / (3 - id) from reviews order by id', [], { batchSize: 1 }),
        );
        seen.push(await errorOf(failing.toArray()), (await client.query('select 1 as a')).rows);
        return seen;
      }),
    ));

  it('copy in and out as over pg', () =>
    lab.compare((side) =>
      withClient(side, async (client) => {
        const into = client.query(copyFrom('copy hotels from stdin (format csv)'));
        await pipeline(Readable.from(['3,Corona\n', '4,"Hotel, the"\n']), into);
        const broken = client.query(copyFrom('copy hotels from stdin'));
        const failed = await errorOf(pipeline(Readable.from(['3\tTwice\n']), broken));
        const out = await textOf(client.query(copyTo('copy hotels to stdout (format csv, header)')));
        const query = await textOf(client.query(copyTo('copy (select * from hotels order by id desc) to stdout')));
        const { rowCount } = await client.query('delete from hotels where id > 2');
        return { imported: into.rowCount, failed, out, query, rowCount };
      }),
    ));

  it('give rows with scores, portion by portion', () =>
    withClient(lab.awsMl, async (client) => {
      const text = `select id, ${scored} as s from reviews order by id`;
      const cursor = client.query(new Cursor<{ s: string }>(text));
      const rows = [await cursor.read(2), await cursor.read(2), await cursor.read(2)];
      expect(rows.map((portion) => portion.map((row) => row.s))).toEqual([
        sentiments.slice(0, 2),
        sentiments.slice(2, 4),
        sentiments.slice(4),
      ]);
      await cursor.close();
      const streamed = await client.query(new QueryStream(text, [], { batchSize: 2 })).toArray();
      expect(streamed.map((row) => row.s)).toEqual(sentiments);
    }));
});
