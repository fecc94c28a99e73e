/** COPY of queries that call, and into tables whose triggers, defaults or constraints call. */
import fc, { type Arbitrary } from 'fast-check';
import { conditions, shortCalls } from './items.js';
import { inBlock, pick, type Scenario, step, type Topic } from './scenario.js';

const call = shortCalls();
const fresh = shortCalls({ id: 'NEW.id', text: 'NEW.body', number: 'NEW.amount', kind: 'NEW.kind' });

const formats = pick(
  '',
  ' (FORMAT csv, HEADER)',
  ` WITH (DELIMITER '|', NULL '-')`,
  ` (FORMAT csv, FORCE_QUOTE *)`,
  ` (FORMAT csv, NULL 'none', QUOTE '"')`,
);

const queries = fc
  .tuple(call, fc.oneof(conditions(), fc.constant('true')))
  .chain(([c, where]) =>
    pick(
      `SELECT i.id, ${c} AS said FROM items i WHERE ${where} ORDER BY i.id`,
      `SELECT i.kind, max(${c}) AS said FROM items i WHERE i.id < 9 GROUP BY i.kind ORDER BY i.kind`,
      `SELECT i.id, s.* FROM items i, aws_comprehend.detect_sentiment(i.body, 'en') s ORDER BY i.id`,
      `WITH w AS (SELECT i.id, ${c} AS said FROM items i WHERE i.id < 5) SELECT * FROM w ORDER BY id`,
      `VALUES (mood_of('a')), (plpgsql_mood('b'))`,
      `UPDATE items i SET note = left(${c}, 30) WHERE i.id = 4 RETURNING i.id, i.note`,
      `INSERT INTO notes (item, said) SELECT i.id, ${c} FROM items i WHERE i.id = 7 RETURNING said`,
    ),
  );

const out: Arbitrary<Scenario> = fc.tuple(queries, formats, fc.boolean()).map(([sql, format, block]) => {
  const copy = step(`COPY (${sql}) TO STDOUT${format}`, { copied: '' });
  return { steps: block ? inBlock([copy, step('SELECT count(*) FROM notes')], 'COMMIT') : [copy], writes: true };
});

const data = pick(
  '201\tcopied\t5\n202\t\\N\t6\n203\tmore\t\\N\n',
  '201\tcopied\t5\n201\tagain\t6\n',
  '204\t\t7\n',
  '205\tna\\tme\\n\\\\\t8\n206\tcaf\u00e9\t9\n',
  '207\tfew\n',
);

const into: Arbitrary<Scenario> = fc
  .tuple(fresh, pick('note', 'body', 'kind'), pick('BEFORE', 'AFTER'), data, fc.boolean(), pick('COMMIT', 'ROLLBACK'))
  .map(([c, column, when, rows, block, end]) => {
    const body =
      when === 'BEFORE'
        ? `NEW.${column} := left(${c}, 12); RETURN NEW;`
        : `INSERT INTO notes (item, said) VALUES (NEW.id, ${c}); RETURN NULL;`;
    const copy = step('COPY items (id, body, amount) FROM STDIN', { copied: rows });
    return {
      steps: [
        step(`CREATE FUNCTION w_t() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN ${body} END $f$`),
        step(`CREATE TRIGGER w ${when} INSERT ON items FOR EACH ROW EXECUTE FUNCTION w_t()`),
        ...(block ? inBlock([copy], end) : [copy]),
      ],
      writes: true,
      clean: 'DROP TRIGGER IF EXISTS w ON items; DROP FUNCTION IF EXISTS w_t',
    };
  });

const defaults: Arbitrary<Scenario> = fc
  .tuple(pick(`mood_of('default')`, `plpgsql_mood('default')`), pick('MIXED', 'POSITIVE'), pick('FROM', 'INSERT'))
  .map(([value, refused, how]) => ({
    steps: [
      step(
        `CREATE TABLE w_copied (id int, body text, mood text DEFAULT ${value} CHECK (strict_mood(body) <> '${refused}'))`,
      ),
      how === 'FROM'
        ? step('COPY w_copied (id, body) FROM STDIN (FORMAT csv)', { copied: '1,one\n2,\n3,"three ""3"""\n' })
        : step(`INSERT INTO w_copied (id, body) VALUES (1, 'one'), (2, NULL), (3, 'three "3"')`),
      step('COPY (SELECT id, mood, plpgsql_mood(body) FROM w_copied ORDER BY id) TO STDOUT', { copied: '' }),
    ],
    writes: false,
    clean: 'DROP TABLE IF EXISTS w_copied',
  }));

export const copies: Topic = {
  name: 'copies',
  weight: 3,
  scenarios: fc.oneof({ weight: 3, arbitrary: out }, { weight: 2, arbitrary: into }, defaults),
};
