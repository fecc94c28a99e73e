// npm's `postgres`: `features`, or `simple FILE`, `unnamed FILE` and `named FILE` for the statements of a job.
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';

const CALLS = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs";

const calls = (sql) => sql.unsafe(CALLS);

const [mode, file] = process.argv.slice(2);
const connect = (options = {}) => postgres({ onnotice: false, ...options });

if (mode === 'features') await features();
else await statements();

async function statements() {
  const options = { simple: mode === 'simple', prepare: mode === 'named' };
  const sessions = new Map();
  for (const { as, sql } of JSON.parse(readFileSync(file, 'utf8'))) {
    if (!sessions.has(as)) sessions.set(as, connect({ max: 1, ...(as && { username: as }) }));
    const answer = await sessions
      .get(as)
      .unsafe(sql, [], options)
      .values()
      .then(
        (rows) => ({ rows }),
        ({ code }) => ({ error: code }),
      );
    console.log(JSON.stringify(answer));
  }
  for (const session of sessions.values()) await session.end();
}

function show(title, ...values) {
  console.log(title, JSON.stringify(values));
}

async function attempt(title, work) {
  try {
    show(title, await work());
  } catch (error) {
    show(title, error.name, error.code);
  }
}

async function features() {
  for (const prepare of [true, false]) {
    const sql = connect({ max: 1, prepare });
    await queries(sql);
    await inPortions(sql);
    await transactions(sql);
    await copies(sql);
    await sql.end();
  }
  await manyAtOnce();
}

async function queries(sql) {
  for (const id of [1, 2, 3]) show('one', await sql`${calls(sql)} WHERE id = ${id}`);
  show('prepared', await sql`SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%detect_sentiment%'`);
  const typed = await sql`
    SELECT id, price, at, tags, (aws_comprehend.detect_sentiment(body, 'en')).confidence FROM docs
    WHERE id = ANY(${[1, 2, 3]}) AND at < ${new Date('2025-01-01')} AND body <> ${'nothing'} ORDER BY id`;
  show(
    'types',
    typed,
    typed.columns.map(({ name, type }) => [name, type]),
    typed.command,
    typed.count,
  );
  show('values', await sql`${calls(sql)} WHERE id < 4 ORDER BY id`.values());
  show(
    'raw',
    (await sql`${calls(sql)} WHERE id = 4`.raw()).map((row) => row.map(String)),
  );
  const described = await sql`${calls(sql)} WHERE id = ${1}`.describe();
  show(
    'described',
    described.types,
    described.columns.map(({ name, type }) => [name, type]),
  );
  show('script', await sql`SELECT 1 AS a; SELECT (aws_comprehend.detect_sentiment('two', 'en')).sentiment`.simple());
  // Sent one behind the other, answered in this order.
  const pipelined = [1, 2, 3].flatMap((id) => [sql`${calls(sql)} WHERE id = ${id}`, sql`SELECT ${id}::int AS n`]);
  show('pipelined', await Promise.all(pipelined));
  await attempt('no column', () => sql`SELECT (aws_comprehend.detect_sentiment(nowhere, 'en')).sentiment FROM docs`);
  await attempt('refused', () => sql`SELECT (aws_comprehend.detect_sentiment(${''}, 'en')).sentiment`);
  const slow = sql`SELECT pg_sleep(60), (aws_comprehend.detect_sentiment('x', 'en')).sentiment`.execute();
  setTimeout(() => slow.cancel(), 1000);
  await attempt('cancelled', () => slow);
  show('goes on', await sql`${calls(sql)} WHERE id = 3`);
}

async function inPortions(sql) {
  const sizes = [];
  for await (const rows of sql`${calls(sql)} ORDER BY id`.cursor(7)) sizes.push([rows.length, rows[0].sentiment]);
  show('cursor', sizes);
  for await (const [row] of sql`${calls(sql)} WHERE id > ${10} ORDER BY id`.cursor(3)) {
    show('left', row);
    break;
  }
  const called = [];
  await sql`${calls(sql)} ORDER BY id`.cursor(4, ([{ id }]) => {
    called.push(id);
    return id > 8 ? sql.CLOSE : undefined;
  });
  show('closed', called);
  let count = 0;
  await sql`${calls(sql)} ORDER BY id`.forEach(() => {
    count += 1;
  });
  show('for each', count);
}

async function transactions(sql) {
  const kept = await sql.begin(async (block) => {
    await block`INSERT INTO moods ${block([{ id: 1, mood: 'kept' }])}`;
    await block
      .savepoint(async (inner) => {
        await inner`INSERT INTO moods SELECT 2, (aws_comprehend.detect_sentiment('x', 'en')).sentiment`;
        await inner`SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment`;
      })
      .catch(({ code }) => show('savepoint', code));
    return block`SELECT * FROM moods`;
  });
  show('kept', kept);
  await attempt('undone', () =>
    sql.begin((block) => [
      block`DELETE FROM moods`,
      block`SELECT (aws_comprehend.detect_sentiment(${''}, 'en')).sentiment`,
      block`SELECT 1`,
    ]),
  );
  const scored = sql`UPDATE moods SET mood = (aws_comprehend.detect_sentiment(mood, 'en')).sentiment RETURNING *`;
  show('scored', await scored);
  show('deleted', (await sql`DELETE FROM moods`).count);
}

async function copies(sql) {
  for (const form of ['TEXT', 'CSV', 'BINARY']) {
    const rows = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs WHERE id < 4 ORDER BY id";
    const out = await sql.unsafe(`COPY (${rows}) TO STDOUT (FORMAT ${form})`).readable();
    show('copy out', Buffer.concat(await out.toArray()).toString('latin1'));
  }
  const lines = Array.from({ length: 1000 }, (_, i) => `${i}\tmood ${i}\n`);
  await pipeline(Readable.from(lines), await sql`COPY moods FROM STDIN`.writable());
  show('copied in', await sql`SELECT count(*), max(mood) FROM moods`);
  await sql`DELETE FROM moods`;
}

async function manyAtOnce() {
  const sql = connect({ max: 4 });
  const ids = Array.from({ length: 12 }, (_, i) => i + 1);
  show('at once', await Promise.all(ids.map((id) => sql`${calls(sql)} WHERE id = ${id}`)));
  await sql.end();
}
