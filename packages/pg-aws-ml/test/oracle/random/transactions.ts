/** Blocks, savepoints, scripts of several statements, and COPY. */
import fc, { type Arbitrary } from 'fast-check';
import { shortCalls } from './items.js';
import { ordered, pick, type Scenario, type Step, step, type Topic } from './scenario.js';

const call = shortCalls();
const work: Arbitrary<Step> = fc.oneof(
  call.map((c) => ordered(`SELECT i.id, ${c} AS said FROM items i WHERE i.id < 5 ORDER BY i.id`)),
  call.map((c) => step(`INSERT INTO notes (item, said) SELECT i.id, ${c} FROM items i WHERE i.id < 4`)),
  call.map((c) => step(`UPDATE items i SET note = left(${c}, 20) WHERE i.id = 2`)),
  pick(
    step('SELECT 1 / (SELECT 0)'),
    step(`INSERT INTO items (id, note) VALUES (1, mood_of('duplicate'))`),
    step(`SELECT (aws_comprehend.detect_sentiment('x', 'xx')).sentiment`),
    step(`DO $$ BEGIN PERFORM plpgsql_mood('a'); INSERT INTO notes (said) VALUES (plpgsql_mood('b')); END $$`),
    step('SELECT count(*) FROM notes'),
  ),
);

const savepoints = pick(
  step('SAVEPOINT s'),
  step('SAVEPOINT s'),
  step('ROLLBACK TO SAVEPOINT s'),
  step('ROLLBACK TO s'),
  step('RELEASE s'),
);

const begins = pick(
  'BEGIN',
  'BEGIN ISOLATION LEVEL REPEATABLE READ',
  'BEGIN ISOLATION LEVEL SERIALIZABLE',
  'START TRANSACTION READ ONLY',
  '/* app */ BEGIN',
);
const ends = pick('COMMIT', 'ROLLBACK', 'END', '/* app */ COMMIT', 'COMMIT AND CHAIN', 'ABORT');

const blocks: Arbitrary<Scenario> = fc
  .tuple(begins, fc.array(fc.oneof({ weight: 3, arbitrary: work }, savepoints), { minLength: 1, maxLength: 5 }), ends)
  .map(([begin, steps, end]) => ({ steps: [step(begin), ...steps, step(end), step('ROLLBACK')], writes: true }));

const scripts: Arbitrary<Scenario> = fc
  .tuple(
    fc.array(work, { minLength: 2, maxLength: 3 }),
    pick<readonly [string, string]>(['', ''], ['BEGIN; ', '; COMMIT'], ['BEGIN; ', '; ROLLBACK'], ['', '; COMMIT']),
  )
  .map(([steps, [begin, end]]) => ({
    steps: [step(`${begin}${steps.map(({ sql }) => sql).join('; ')}${end}`, { ordered: true })],
    writes: true,
  }));

const copiesOut: Arbitrary<Scenario> = fc
  .tuple(call, pick('', ' (FORMAT csv, HEADER)', ` WITH (DELIMITER '|', NULL '-')`))
  .map(([c, options]) => ({
    steps: [step(`COPY (SELECT i.id, ${c} AS said FROM items i ORDER BY i.id) TO STDOUT${options}`, { copied: '' })],
    writes: false,
  }));

const copiesIn: Arbitrary<Scenario> = fc
  .tuple(shortCalls({ id: 'NEW.id', text: 'NEW.body', number: 'NEW.amount', kind: 'NEW.kind' }), fc.boolean())
  .map(([c, block]) => ({
    steps: [
      step(
        `CREATE FUNCTION w_t() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN NEW.note := left(${c}, 40); RETURN NEW; END $f$`,
      ),
      step('CREATE TRIGGER w BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION w_t()'),
      ...(block ? [step('BEGIN')] : []),
      step('COPY items (id, body, amount) FROM STDIN', { copied: '201\tcopied\t5\n202\t\\N\t6\n203\tmore\t\\N\n' }),
      ...(block ? [step('COMMIT')] : []),
    ],
    writes: true,
    clean: 'DROP TRIGGER IF EXISTS w ON items; DROP FUNCTION IF EXISTS w_t',
  }));

export const transactions: Topic = {
  name: 'transactions',
  weight: 4,
  scenarios: fc.oneof({ weight: 3, arbitrary: blocks }, { weight: 2, arbitrary: scripts }, copiesOut, copiesIn),
};
