import { readFile } from 'node:fs/promises';
import { type LocalServices, startLocalServices } from 'aws-ml-local';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mlSemantics } from '../../../pg-aws-ml/test/oracle/ml-semantics.js';
import { type RunningProxy, startProxy } from '../../src/index.js';
import {
  bind,
  close,
  copyData,
  copyDone,
  copyFail,
  describe as describing,
  execute,
  FrameClient,
  flush,
  parse,
  query,
  type Step,
  step,
  sync,
} from '../support/frame-script.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';

/**
 * The same frames go to a server whose functions answer natively, and through the proxy: the answers must be the same,
 * message by message.
 */
let services: LocalServices;
let native: DatabaseAddress;
let proxy: RunningProxy;
let through: DatabaseAddress;

const settings = { options: '-c client_min_messages=warning' };

const tables = `
  CREATE TABLE docs (id int PRIMARY KEY, lang text NOT NULL, body text, price numeric(8,2), at timestamptz, tags text[]);
  INSERT INTO docs SELECT i, 'en', 'text ' || i, i * 1.25, timestamptz '2024-01-01 00:00+00' + i * interval '1 h', ARRAY['a', 'b' || i]
    FROM generate_series(1, 30) i;
  CREATE TABLE moods (id int PRIMARY KEY, mood text);
  CREATE SEQUENCE numbers;
  CREATE PROCEDURE judge_all() LANGUAGE plpgsql AS $$ BEGIN
    FOR i IN 1..3 LOOP
      INSERT INTO moods SELECT i, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs WHERE id = i;
      COMMIT;
    END LOOP;
  END $$;
`;

beforeAll(async () => {
  services = await startLocalServices(mlSemantics);
  native = await createTestDatabase();
  const ours = await createTestDatabase();
  const { url } = services;
  proxy = await startProxy({
    listen: '0',
    upstream: `postgres://${ours.user}@${ours.host}:${ours.port}?sslmode=disable`,
    awsMl: {
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      endpoints: { comprehend: url, sagemaker: url, bedrock: url },
    },
  });
  through = { ...ours, host: '127.0.0.1', port: proxy.port };
  const functions = await readFile(
    new URL('../../../pg-aws-ml/test/oracle/native-functions.sql', import.meta.url),
    'utf8',
  );
  await setUp(native, `${functions};${tables}`);
  await setUp({ ...through, connectionString: '' }, 'CREATE EXTENSION aws_ml CASCADE');
  await setUp(ours, tables);
});

afterAll(async () => {
  await proxy.close();
  await services.close();
});

async function setUp({ host, port, user, database }: DatabaseAddress, sql: string): Promise<void> {
  const client = new pg.Client({ host, port, user, database });
  await client.connect();
  await client.query(sql);
  await client.end();
}

const ml = "SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).* FROM docs";
const some = `${ml} WHERE id <= 7 ORDER BY id`;
const writes =
  "INSERT INTO moods SELECT id, (aws_comprehend.detect_sentiment(body, 'en')).sentiment FROM docs WHERE id <= 3";
const fails = "SELECT (aws_comprehend.detect_sentiment('', 'en')).sentiment";
const ROLLBACK = step([query('ROLLBACK')]);

const int4 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

const scripts: Record<string, readonly Step[]> = {
  'a simple query': [step([query(some)])],
  'a simple query that fails in a service, and one that passes': [step([query(fails)]), step([query('SELECT 1')])],
  'a simple query that is wrong': [step([query(`${ml} WHERE nowhere = 1`)]), step([query(`${ml} WHER`)])],
  'a script': [step([query(`SELECT 1; ${some}; ${writes}; SELECT count(*) FROM moods; DELETE FROM moods`)])],
  'a script that fails is undone': [step([query(`${writes}; SELECT 1/0`)]), step([query('SELECT * FROM moods')])],
  'simple queries without waiting': [step([query(some), query('SELECT 2'), query(some)], 'Z', 3)],
  'an empty query': [step([query(';')]), step([query('')])],
  'parse, bind, describe, execute': [step([parse(some), bind(), describing('P'), execute(), sync])],
  'describe of a statement': [
    step([parse(`${ml} WHERE id < $1 AND body LIKE $2`), describing('S'), sync]),
    step([bind(['3', '%']), execute(), sync]),
  ],
  'a portal that is bound before an earlier exchange is answered, and executed after': [
    step([parse('SELECT 1'), bind(), execute(), sync, parse(some), bind(), bind([], { portal: 'other' })]),
    step([execute(0, 'other'), execute(), sync]),
  ],
  'a portal that is bound behind the end of a transaction': [
    step([query('BEGIN')]),
    step([query(`${ml} WHERE id = 1`)]),
    step([query('COMMIT'), parse(some), bind()]),
    step([execute(), sync]),
  ],
  'a named statement, again and again': [
    step([parse(`${ml} WHERE id = $1`, 'one', [23]), describing('S', 'one'), sync]),
    step([bind(['3'], { statement: 'one' }), execute(), sync]),
    step([bind(['4'], { statement: 'one' }), describing('P'), execute(), sync]),
    step([close('S', 'one'), sync]),
    step([bind(['4'], { statement: 'one' }), execute(), sync]),
  ],
  'the same text with parameters of other types': [
    step([parse(`${ml} WHERE id = $1`, '', [21]), bind([Buffer.from([0, 5])], { formats: [1] }), execute(), sync]),
    step([parse(`${ml} WHERE id = $1`, '', [23]), bind([int4(6)], { formats: [1] }), execute(), sync]),
    step([parse(`${ml} WHERE id = $1`, '', [20]), bind(['7000000000']), execute(), sync]),
    step([parse(`${ml} WHERE id = $1`), bind(['7']), describing('P'), execute(), sync]),
  ],
  'binary parameters': [
    step([
      parse(`${ml} WHERE id = $1 OR id = $2`, '', [23, 23]),
      bind([int4(5), '6'], { formats: [1, 0] }),
      execute(),
      sync,
    ]),
    step([bind([int4(7), int4(8)], { formats: [1] }), execute(), sync]),
  ],
  'binary results': [
    step([parse(some), bind([], { results: [1] }), describing('P'), execute(), sync]),
    step([bind([], { results: [0, 1, 1] }), describing('P'), execute(), sync]),
  ],
  'binary results of every kind of column': [
    step([
      parse(
        `SELECT d.*, s.sentiment, s.confidence, s.confidence * 2 AS twice, d.id > 2 AS more, row(d.id, d.body) AS both
         FROM docs d, aws_comprehend.detect_sentiment(d.body, 'en') s WHERE d.id <= 4 ORDER BY d.id`,
      ),
      bind([], { results: [1] }),
      describing('P'),
      execute(),
      sync,
    ]),
  ],
  'binary results of what is written': [
    step([query('BEGIN')]),
    step([parse(`${writes} RETURNING *`), bind([], { results: [1] }), describing('P'), execute(), sync]),
    ROLLBACK,
  ],
  'a row limit in a block, with others in between': [
    step([query('BEGIN')]),
    step([parse(some, 'some'), bind([], { statement: 'some', portal: 'p' }), execute(3, 'p'), sync]),
    step([parse('SELECT 1'), bind(), execute(), sync]),
    step([execute(2, 'p'), sync]),
    step([query('SELECT 2')]),
    step([execute(0, 'p'), sync]),
    step([execute(0, 'p'), sync]),
    step([close('P', 'p'), sync]),
    step([execute(0, 'p'), sync]),
    ROLLBACK,
  ],
  'a row limit outside a block': [
    step([parse(some), bind(), execute(3), sync]),
    step([execute(3), sync]),
    step([query('SELECT 3')]),
  ],
  'a row limit that is just the number of rows': [
    step([query('BEGIN')]),
    step([parse(some), bind(), execute(7), sync]),
    step([execute(7), sync]),
    ROLLBACK,
  ],
  'executes with limits before one sync': [step([parse(some), bind(), execute(3), execute(3), execute(3), sync])],
  'flush instead of sync': [
    step([parse(some), bind(), describing('P'), execute(2), flush], 's'),
    step([execute(2), flush], 's'),
    step([execute(), flush], 'C'),
    step([sync]),
  ],
  'a pipeline is one transaction': [
    step([
      parse('INSERT INTO moods VALUES (100, $1)'),
      bind(['x']),
      execute(),
      parse(writes),
      bind(),
      execute(),
      parse('SELECT count(*) FROM moods'),
      bind(),
      execute(),
      sync,
    ]),
    step([query('SELECT count(*) FROM moods')]),
    step([query('DELETE FROM moods')]),
  ],
  'a pipeline that fails behind ML is undone': [
    step([
      parse(writes),
      bind(),
      execute(),
      parse('SELECT 1/0'),
      bind(),
      execute(),
      parse('SELECT 1'),
      bind(),
      execute(),
      sync,
    ]),
    step([query('SELECT count(*) FROM moods')]),
  ],
  'a pipeline that fails in ML is undone, and skips the rest': [
    step([
      parse('INSERT INTO moods VALUES (100, $1)'),
      bind(['x']),
      execute(),
      parse(fails),
      bind(),
      execute(),
      parse('INSERT INTO moods VALUES (101, $1)'),
      bind(['x']),
      execute(),
      sync,
    ]),
    step([query('SELECT count(*) FROM moods')]),
  ],
  'a pipeline that fails before ML skips it': [
    step([parse('SELECT 1/0'), bind(), execute(), parse(some), bind(), execute(), sync]),
    step([query('SELECT 1')]),
  ],
  'a statement that fails before ML comes': [
    step([parse('SELECT 1/0'), bind(), execute()], 'E'),
    step([parse(writes), bind(), execute(), sync]),
    step([parse('SELECT nowhere')], 'E'),
    step([parse(writes), bind(), execute(), sync]),
    step([query('BEGIN')]),
    step([parse('SELECT nowhere')], 'E'),
    step([parse(writes), bind(), execute(), sync]),
    step([query(some)]),
    ROLLBACK,
    step([query('SELECT count(*) FROM moods')]),
  ],
  'a simple query behind a statement that fails': [step([parse('SELECT nowhere')], 'E'), step([query(some), sync])],
  'two exchanges at once, the first fails': [
    step([parse(fails), bind(), execute(), sync, parse(some), bind(), execute(), sync], 'Z', 2),
  ],
  'exchanges of both kinds at once': [
    step(
      [
        parse('SELECT 1'),
        bind(),
        execute(),
        sync,
        parse(some),
        bind(),
        execute(),
        sync,
        parse('SELECT 2'),
        bind(),
        execute(),
        sync,
      ],
      'Z',
      3,
    ),
  ],
  'a failure in a block': [
    step([query('BEGIN')]),
    step([parse(fails), bind(), execute(), sync]),
    step([parse(some), bind(), execute(), sync]),
    ROLLBACK,
  ],
  'a savepoint undoes ML writes': [
    step([query('BEGIN')]),
    step([query('SAVEPOINT a')]),
    step([parse(writes), bind(), execute(), sync]),
    step([query('ROLLBACK TO a')]),
    step([query('SELECT count(*) FROM moods')]),
    ROLLBACK,
  ],
  "the client's unnamed statement outlasts an ML statement": [
    step([parse('SELECT 41 + 1'), parse(`${ml} WHERE id = 1`, 'named'), sync]),
    step([bind([], { statement: 'named', portal: 'other' }), execute(0, 'other'), sync]),
    step([bind(), execute(), sync]),
    step([close('S', 'named'), sync]),
  ],
  'an unnamed statement ends with a simple query': [
    step([parse(some), sync]),
    step([query(`${ml} WHERE id = 1`)]),
    step([bind(), execute(), sync]),
  ],
  'prepared statements are those of the client alone': [
    step([parse(`${ml} WHERE id = 1`, 'mine'), bind([], { statement: 'mine' }), execute(), sync]),
    step([query('SELECT name FROM pg_prepared_statements ORDER BY 1')]),
    step([close('S', 'mine'), sync]),
  ],
  'cursors are those of the client alone': [
    step([query('BEGIN')]),
    step([query(`${ml} WHERE id = 1`)]),
    step([query('SELECT name FROM pg_cursors')]),
    ROLLBACK,
  ],
  'a declared cursor': [
    step([query('BEGIN')]),
    step([query(`DECLARE c CURSOR FOR ${some}`)]),
    step([parse('FETCH 3 FROM c'), bind([], { results: [1] }), describing('P'), execute(), sync]),
    step([query('FETCH 2 FROM c')]),
    step([query('MOVE ALL IN c')]),
    ROLLBACK,
  ],
  'PREPARE and EXECUTE': [
    step([query(`PREPARE q(int) AS ${ml} WHERE id = $1`)]),
    step([query('EXECUTE q(3)')]),
    step([parse('EXECUTE q(4)'), bind([], { results: [1] }), describing('P'), execute(), sync]),
    step([query('DEALLOCATE q')]),
  ],
  'EXPLAIN in a block that is not ours': [step([query('BEGIN')]), step([query('EXPLAIN SELECT 1')]), ROLLBACK],
  'a block that begins and ends within a pipeline': [
    step([
      parse('BEGIN'),
      bind(),
      execute(),
      parse(writes),
      bind(),
      execute(),
      parse('COMMIT'),
      bind(),
      execute(),
      sync,
    ]),
    step([query('SELECT count(*) FROM moods')]),
    step([query('DELETE FROM moods')]),
  ],
  'a block that begins behind ML in a pipeline': [
    step([
      parse(writes),
      bind(),
      execute(),
      parse('BEGIN'),
      bind(),
      execute(),
      parse('SELECT 1'),
      bind(),
      execute(),
      sync,
    ]),
    ROLLBACK,
    step([query('SELECT count(*) FROM moods')]),
  ],
  'a block that ends before ML in a pipeline': [
    step([query('BEGIN')]),
    step([
      parse('INSERT INTO moods VALUES (1, $1)'),
      bind(['x']),
      execute(),
      parse('COMMIT'),
      bind(),
      execute(),
      parse(some),
      bind(),
      execute(),
      sync,
    ]),
    step([query('SELECT count(*) FROM moods')]),
    step([query('DELETE FROM moods')]),
  ],
  'a simple query behind executes without a sync': [
    step([parse('INSERT INTO moods VALUES (1, $1)'), bind(['x']), execute(), query(`${ml} WHERE id = 1`)]),
    step([query('SELECT count(*) FROM moods')]),
    step([query('DELETE FROM moods')]),
  ],
  'COPY out of ML results': [
    step([query(`COPY (${some}) TO STDOUT`)]),
    step([query(`COPY (${some}) TO STDOUT WITH (FORMAT csv, HEADER)`)]),
  ],
  'COPY into a table whose defaults call ML': [
    step([
      query(
        "CREATE TEMP TABLE judged (body text, mood text DEFAULT (aws_comprehend.detect_sentiment('fixed', 'en')).sentiment)",
      ),
    ]),
    step([query('COPY judged (body) FROM STDIN')], 'G'),
    step([copyData('one\n'), copyData('two\n'), copyDone]),
    step([query('SELECT * FROM judged')]),
    step([query('COPY judged (body) FROM STDIN')], 'G'),
    step([copyData('three\n'), copyFail]),
    step([query('SELECT count(*) FROM judged')]),
  ],
  'COPY behind ML in a pipeline': [
    step(
      [
        parse('CREATE TEMP TABLE taken (a text)'),
        bind(),
        execute(),
        parse(writes),
        bind(),
        execute(),
        parse('COPY taken FROM STDIN'),
        bind(),
        execute(),
        sync,
      ],
      'G',
    ),
    step([copyData('one\n'), copyDone, sync]),
    step([query('SELECT count(*) FROM taken')]),
    step([query('DELETE FROM moods')]),
  ],
  'what runs live': [
    step([
      query(
        "DO $$ DECLARE m text; BEGIN m := (aws_comprehend.detect_sentiment('x', 'en')).sentiment; PERFORM nextval('numbers'); RAISE WARNING 'mood %', m; END $$",
      ),
    ]),
    step([
      parse(
        "DO $$ DECLARE m text; BEGIN m := (aws_comprehend.detect_sentiment('x', 'en')).sentiment; PERFORM nextval('numbers'); RAISE WARNING 'mood %', m; END $$",
      ),
      bind(),
      describing('P'),
      execute(),
      sync,
    ]),
  ],
  'a procedure that commits': [
    step([query('CALL judge_all()')]),
    step([query('SELECT count(*) FROM moods')]),
    step([query('DELETE FROM moods')]),
    step([parse('CALL judge_all()'), bind(), execute(), sync]),
    step([query('SELECT count(*) FROM moods')]),
    step([query('DELETE FROM moods')]),
  ],
  'another encoding': [
    step([query("SET client_encoding = 'LATIN1'")]),
    step([query("SELECT 'é'")]),
    step([query('SELECT 1')]),
  ],
  'notices and settings on the way': [
    step([query(`SET TimeZone = 'Europe/Berlin'; ${some}; SET TimeZone = 'UTC'`)]),
    step([query("DO $$ BEGIN RAISE WARNING 'w %', (aws_comprehend.detect_sentiment('x', 'en')).sentiment; END $$")]),
    step([query('LISTEN x')]),
    step([query(`NOTIFY x, 'hello'; ${ml} WHERE id = 1`)]),
  ],
  'NULL values': [
    step([
      parse('SELECT (aws_comprehend.detect_sentiment($1, $2)).sentiment, $3::int'),
      bind(['x', 'en', null]),
      describing('P'),
      execute(),
      sync,
    ]),
    step([bind([null, 'en', '5']), execute(), sync]),
  ],
  'values that cannot be read': [
    step([parse(`${ml} WHERE id = $1`, '', [23]), bind(['no number']), execute(), sync]),
    step([parse(`${ml} WHERE id = $1`, '', [23]), bind([]), execute(), sync]),
    step([parse(some), bind([], { results: [0, 1] }), execute(), sync]),
  ],
  'portals and statements that are not there': [
    step([execute(0, 'nowhere'), sync]),
    step([bind([], { statement: 'nowhere' }), sync]),
    step([describing('S', 'nowhere'), sync]),
    step([parse(some, 'twice'), parse(some, 'twice'), sync]),
    step([close('S', 'twice'), sync]),
  ],
};

/** Of a simple query that fails before its first row, the server has sent the columns already; we send the error alone. */
const withoutVainDescription = (messages: readonly string[]): string[] =>
  messages.filter((message, i) => !(message.startsWith('T') && messages[i + 1]?.startsWith('E')));

async function answers(address: DatabaseAddress, steps: readonly Step[], cuts: readonly number[]): Promise<string[][]> {
  const client = await FrameClient.open(address, settings);
  try {
    const all: string[][] = [];
    for (const one of steps) all.push(withoutVainDescription(await client.send(one, cuts)));
    return all;
  } finally {
    client.close();
  }
}

test('a pipeline whose rest comes while its first statement is being answered', async () => {
  const client = await FrameClient.open(through, settings);
  const one = (id: string) => [bind([id]), execute()];
  const begun = step([parse(`${ml} WHERE id = $1`, '', [23]), ...one('1'), ...one('2')], 'C');
  const rest = step([...one('3'), sync]);
  const answer = [...(await client.send(begun)), ...(await client.send(rest))];
  expect(answer.filter((message) => message.startsWith('C'))).toEqual(['C SELECT 1', 'C SELECT 1', 'C SELECT 1']);
  expect(answer.at(-1)).toBe('Z 49');
  client.close();
});

test.each(Object.entries(scripts))('%s', async (_, steps) => {
  const expected = await answers(native, steps, []);
  expect(await answers(through, steps, [])).toEqual(expected);
  expect(await answers(through, steps, [1, 4, 7, 40, 41, 120])).toEqual(expected);
});
