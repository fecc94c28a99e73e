/** PL/pgSQL functions, procedures and blocks with control flow that results decide. */
import fc, { type Arbitrary } from 'fast-check';
import { shortCalls } from './items.js';
import { ordered, pick, type Step, step, type Topic } from './scenario.js';

/** Within the bodies: a text `t`, a number `n`, and `r`, a text that starts as NULL. */
const local = { id: 'n', text: 't', number: 'n', kind: "coalesce(r, 'none')" };
const call = shortCalls(local);
const test = fc
  .tuple(call, pick(`= 'POSITIVE'`, `<> 'MIXED'`, `LIKE '%N%'`, 'IS NULL'))
  .map((parts) => parts.join(' '));

const simple: Arbitrary<string> = fc.oneof(
  call.map((c) => `r := ${c};`),
  call.map((c) => `r := concat(r, '/', ${c});`),
  call.map((c) => `SELECT ${c} INTO r;`),
  call.map((c) => `PERFORM ${c};`),
  pick('n := n + 1;', 't := upper(t);', `t := t || '!';`),
);

const statement: Arbitrary<string> = fc.letrec<{ one: string }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 5, arbitrary: simple },
    {
      weight: 2,
      arbitrary: fc.tuple(test, tie('one'), tie('one')).map(([c, a, b]) => `IF ${c} THEN ${a} ELSE ${b} END IF;`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('one'), test)
        .map(([a, c]) => `FOR k IN 1..3 LOOP ${a} EXIT WHEN ${c}; n := n + k; END LOOP;`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('one'), call)
        .map(([a, c]) => `FOR k IN 1..2 LOOP CONTINUE WHEN k = 1 AND ${c} IS NULL; ${a} END LOOP;`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('one'), tie('one'))
        .map(([a, b]) => `BEGIN ${a} n := 1 / (n - n / 2 * 2); EXCEPTION WHEN division_by_zero THEN ${b} END;`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('one'), pick("'xx'", "'en'"))
        .map(
          ([a, language]) =>
            `BEGIN r := (aws_comprehend.detect_sentiment(t, ${language})).sentiment; EXCEPTION WHEN external_routine_exception THEN r := 'refused'; ${a} END;`,
        ),
    },
    { weight: 1, arbitrary: call.map((c) => `EXECUTE 'SELECT ' || quote_literal(${c}) INTO r;`) },
    {
      weight: 1,
      arbitrary: tie('one').map((a) => `FOR r IN SELECT body FROM items WHERE id < 3 ORDER BY id LOOP ${a} END LOOP;`),
    },
  ),
})).one;

const body = fc.array(statement, { minLength: 1, maxLength: 3 }).map((all) => all.join(' '));

const asFunction = (text: string): Step =>
  step(
    `CREATE FUNCTION w_f(t text, n int) RETURNS text LANGUAGE plpgsql AS $f$ DECLARE r text; BEGIN ${text} RETURN r; END $f$`,
  );

const functions = fc
  .tuple(
    body,
    pick(
      'SELECT id, w_f(body, amount) FROM items WHERE id < 7 ORDER BY id',
      'SELECT id FROM items WHERE w_f(body, id) IS NOT NULL ORDER BY id',
      `SELECT i.id, f.f FROM items i, LATERAL w_f(i.body, i.id) f(f) WHERE i.id < 5 ORDER BY i.id`,
      `SELECT w_f('text', 3)`,
      `SELECT kind, max(w_f(body, id)) FROM items GROUP BY kind ORDER BY kind`,
    ),
  )
  .map(([text, use]) => ({
    steps: [asFunction(text), ordered(use)],
    writes: false,
    clean: 'DROP FUNCTION IF EXISTS w_f',
  }));

const writing = fc
  .tuple(body, pick('INSERT INTO notes (item, said) VALUES (n, r);', `UPDATE items SET note = r WHERE id = n;`))
  .map(([text, write]) => ({
    steps: [asFunction(`${text} ${write}`), ordered('SELECT id, w_f(body, id) FROM items WHERE id < 6 ORDER BY id')],
    writes: true,
    clean: 'DROP FUNCTION IF EXISTS w_f',
  }));

const procedures = fc.tuple(body, pick('', 'COMMIT;', 'ROLLBACK;'), statement).map(([text, end, more]) => ({
  steps: [
    step(
      `CREATE PROCEDURE w_p(INOUT r text, t text, n int) LANGUAGE plpgsql AS $f$ BEGIN ${text} INSERT INTO notes (item, said) VALUES (1, r); ${end} ${more} INSERT INTO notes (item, said) VALUES (2, r); END $f$`,
    ),
    step(`CALL w_p(NULL, 'called', 4)`),
  ],
  writes: true,
  clean: 'DROP PROCEDURE IF EXISTS w_p',
}));

const blocks = fc.tuple(body, pick('', 'COMMIT;')).map(([text, end]) => ({
  steps: [
    step(
      `DO $f$ DECLARE r text; t text := 'done'; n int := 5; BEGIN ${text} INSERT INTO notes (item, said) VALUES (n, r); ${end} END $f$`,
    ),
  ],
  writes: true,
}));

export const routines: Topic = {
  name: 'routines',
  weight: 4,
  scenarios: fc.oneof({ weight: 3, arbitrary: functions }, writing, procedures, blocks),
};
