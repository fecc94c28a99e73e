/** Operators, casts and aggregates of the user's own whose functions make calls. */
import fc, { type Arbitrary } from 'fast-check';
import { plainConditions, shortCalls } from './items.js';
import { inBlock, ordered, pick, type Scenario, step, type Topic } from './scenario.js';

/** Of a text `$1` and a number `$2`. */
const call = shortCalls({ id: '$2', text: '$1', number: '$2', kind: '$1' });

const body = (language: 'sql' | 'plpgsql', expression: string): string =>
  language === 'sql' ? `SELECT ${expression}` : `BEGIN RETURN ${expression}; END`;

const uses = plainConditions().chain((c) =>
  pick(
    ordered(`SELECT i.id, i.body ### i.amount AS said FROM items i WHERE ${c} ORDER BY i.id`),
    ordered(`SELECT i.id FROM items i WHERE i.kind ### i.id <> 'MIXED' AND ${c} ORDER BY i.id`),
    ordered(`SELECT i.id, (i.kind OPERATOR(public.###) 3) || '|' AS said FROM items i ORDER BY i.id`),
    ordered(`SELECT i.kind ### 1 AS said, count(*) FROM items i WHERE ${c} GROUP BY 1 ORDER BY 1`),
    ordered(`SELECT i.id FROM items i ORDER BY i.kind ### 2, i.id`),
    ordered(`SELECT a.id, b.id FROM items a JOIN items b ON a.kind ### 1 = b.kind ### 2 AND a.id < 3 ORDER BY 1, 2`),
    step(`UPDATE items i SET note = left(i.body ### i.id, 40) WHERE ${c}`),
    step(`INSERT INTO notes (item, said) SELECT i.id, i.body ### i.id FROM items i WHERE ${c}`),
    step(`DELETE FROM items i WHERE i.kind ### 1 = i.kind ### 2 OR ${c}`),
  ),
);

const operators: Arbitrary<Scenario> = fc
  .tuple(call, pick('sql', 'plpgsql'), fc.array(uses, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([c, language, steps, block]) => ({
    steps: [
      step(`CREATE FUNCTION w_f(text, int) RETURNS text LANGUAGE ${language} AS $f$ ${body(language, c)} $f$`),
      step('CREATE OPERATOR ### (LEFTARG = text, RIGHTARG = int, FUNCTION = w_f)'),
      ...(block ? inBlock(steps, 'COMMIT') : steps),
    ],
    writes: true,
    clean: 'DROP OPERATOR IF EXISTS ### (text, int); DROP FUNCTION IF EXISTS w_f',
  }));

const casts: Arbitrary<Scenario> = fc
  .tuple(
    pick('sql', 'plpgsql'),
    pick(
      ordered('SELECT i.id, ROW(i.amount, i.id)::w_pair::outcome AS o FROM items i ORDER BY i.id'),
      ordered('SELECT i.id, (CAST(ROW(i.id, 1)::w_pair AS outcome)).class FROM items i WHERE i.id < 6 ORDER BY i.id'),
      step('INSERT INTO items (id, shape) SELECT i.id + 50, ROW(i.id, 2)::w_pair::outcome FROM items i WHERE i.id < 4'),
      step('UPDATE items i SET shape = ROW(i.id, 3)::w_pair::outcome WHERE i.id > 9'),
    ),
  )
  .map(([language, use]) => ({
    steps: [
      step('CREATE TYPE w_pair AS (a int, b int)'),
      step(
        `CREATE FUNCTION w_f(w_pair) RETURNS outcome LANGUAGE ${language} AS $f$ ${body(language, `aws_sagemaker.invoke_endpoint('pair', NULL, ($1).a, ($1).b)::outcome`)} $f$`,
      ),
      step('CREATE CAST (w_pair AS outcome) WITH FUNCTION w_f(w_pair)'),
      use,
    ],
    writes: true,
    clean: 'DROP TYPE IF EXISTS w_pair CASCADE',
  }));

const aggregates: Arbitrary<Scenario> = fc
  .tuple(
    shortCalls({ id: 'length($2)', text: '$2', number: 'length($2)', kind: '$2' }),
    pick(
      ordered('SELECT i.kind, w_all(i.body ORDER BY i.id) AS said FROM items i GROUP BY i.kind ORDER BY i.kind'),
      ordered('SELECT i.id, w_all(i.kind) OVER (ORDER BY i.id) AS said FROM items i WHERE i.id < 6 ORDER BY i.id'),
      ordered(`SELECT w_all(i.kind ORDER BY i.id) FILTER (WHERE mood_of(i.kind) <> 'MIXED') FROM items i`),
    ),
  )
  .map(([c, use]) => ({
    steps: [
      step(
        `CREATE FUNCTION w_f(text, text) RETURNS text LANGUAGE plpgsql AS $f$ BEGIN RETURN concat_ws('/', $1, ${c}); END $f$`,
      ),
      step('CREATE AGGREGATE w_all(text) (SFUNC = w_f, STYPE = text)'),
      use,
    ],
    writes: false,
    clean: 'DROP AGGREGATE IF EXISTS w_all(text); DROP FUNCTION IF EXISTS w_f',
  }));

export const operatorsAndCasts: Topic = {
  name: 'operators',
  weight: 3,
  scenarios: fc.oneof({ weight: 3, arbitrary: operators }, casts, aggregates),
};
