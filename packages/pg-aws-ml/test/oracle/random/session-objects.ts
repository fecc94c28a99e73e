/** Cursors, refcursors that functions open, and prepared statements. */
import fc, { type Arbitrary } from 'fast-check';
import { conditions, shortCalls } from './items.js';
import { inBlock, ordered, pick, type Scenario, step, type Topic } from './scenario.js';

const call = shortCalls();
const query = fc
  .tuple(call, fc.oneof(conditions(), fc.constant('true')))
  .map(([c, where]) => `SELECT i.id, ${c} AS said FROM items i WHERE ${where} ORDER BY i.id`);

const fetches = pick('FETCH 2 FROM w_cursor', 'FETCH w_cursor', 'MOVE 1 IN w_cursor', 'FETCH ALL IN w_cursor');

const cursors: Arbitrary<Scenario> = fc
  .tuple(query, pick('', ' SCROLL'), fc.array(fetches, { minLength: 1, maxLength: 3 }), pick('COMMIT', 'ROLLBACK'))
  .map(([sql, scroll, all, end]) => ({
    steps: inBlock([step(`DECLARE w_cursor${scroll} CURSOR FOR ${sql}`), ...all.map(ordered)], end),
    writes: false,
  }));

const held: Arbitrary<Scenario> = fc.tuple(query, fetches).map(([sql, fetch]) => ({
  steps: [step(`DECLARE w_cursor CURSOR WITH HOLD FOR ${sql}`), ordered(fetch), step('CLOSE w_cursor')],
  writes: false,
}));

const opened: Arbitrary<Scenario> = fc.tuple(query, fetches).map(([sql, fetch]) => ({
  steps: [
    step(
      `CREATE FUNCTION w_open(c refcursor) RETURNS refcursor LANGUAGE plpgsql AS $f$ BEGIN OPEN c FOR ${sql}; RETURN c; END $f$`,
    ),
    ...inBlock([step(`SELECT w_open('w_cursor')`), ordered(fetch)], 'COMMIT'),
  ],
  writes: false,
  clean: 'DROP FUNCTION IF EXISTS w_open',
}));

const prepared: Arbitrary<Scenario> = fc
  .tuple(
    call,
    pick(
      '3',
      '(SELECT max(id) - 9 FROM items)',
      `length(mood_of('x'))`,
      `length(plpgsql_mood('x')) - 3`,
      `mood_of('x')`,
    ),
  )
  .map(([c, argument]) => ({
    steps: [
      step(`PREPARE w_q(int) AS SELECT i.id, ${c} AS said FROM items i WHERE i.id < $1 ORDER BY i.id`),
      ordered(`EXECUTE w_q(${argument})`),
      ordered('EXECUTE w_q(5)'),
    ],
    writes: false,
  }));

const preparedWrite: Arbitrary<Scenario> = call.map((c) => ({
  steps: [
    step(
      `PREPARE w_q(int, text) AS INSERT INTO notes (item, said) SELECT i.id, ${c} || $2 FROM items i WHERE i.id < $1`,
    ),
    step(`EXECUTE w_q(4, '!')`),
    step(`EXECUTE w_q(3, NULL)`),
    step(`EXECUTE w_q(3, plpgsql_mood('y'))`),
    step('DEALLOCATE w_q'),
  ],
  writes: true,
}));

const temporary: Arbitrary<Scenario> = fc
  .tuple(call, pick('sql AS $f$ SELECT mood_of(t) $f$', 'plpgsql AS $f$ BEGIN RETURN mood_of(t); END $f$'))
  .map(([c, body]) => ({
    steps: [
      step(`CREATE FUNCTION pg_temp.w_judged(t text) RETURNS text LANGUAGE ${body}`),
      ordered(`SELECT i.id, pg_temp.w_judged(i.body), ${c} AS said FROM items i WHERE i.id < 5 ORDER BY i.id`),
      step(`INSERT INTO notes (n, said) SELECT 1, pg_temp.w_judged(i.body) FROM items i WHERE i.id < 4`),
      step(`SELECT w_judged('x')`),
    ],
    writes: true,
    clean: 'DROP FUNCTION IF EXISTS pg_temp.w_judged(text)',
  }));

export const sessionObjects: Topic = {
  name: 'session objects',
  weight: 2,
  scenarios: fc.oneof(cursors, held, opened, prepared, preparedWrite, temporary),
};
