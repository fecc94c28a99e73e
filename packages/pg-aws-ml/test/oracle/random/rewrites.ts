/** What PostgreSQL puts in the place of a statement: rules, INSTEAD OF triggers, triggers of partitions. */
import fc, { type Arbitrary } from 'fast-check';
import { shortCalls } from './items.js';
import { inBlock, ordered, pick, type Scenario, type Step, step, type Topic } from './scenario.js';

const row = (name: 'NEW' | 'OLD') => ({
  id: `${name}.id`,
  text: `${name}.body`,
  number: `${name}.amount`,
  kind: `${name}.kind`,
});

const VIEW = 'CREATE VIEW w_view AS SELECT id, body, kind, amount, note FROM items WHERE id < 20';

const throughView = pick(
  `INSERT INTO w_view (id, body, kind, amount) VALUES (15, 'fresh', 'rare', 4), (16, NULL, 'old', 5)`,
  `INSERT INTO w_view (id, body, kind, amount) SELECT id + 30, body || '?', kind, amount FROM items WHERE id < 4`,
  `INSERT INTO w_view (id, body, kind) VALUES (15, mood_of('fresh'), 'rare') RETURNING id, note`,
  `UPDATE w_view SET body = body || '!' WHERE id < 5`,
  `UPDATE w_view SET note = mood_of(body) WHERE id IN (2, 4, 5)`,
  `UPDATE w_view v SET body = i.note FROM items i WHERE i.id = v.id AND i.id < 4`,
  'DELETE FROM w_view WHERE id > 11',
  `DELETE FROM w_view WHERE mood_of(kind) = 'POSITIVE'`,
);

const inItsPlace = fc
  .tuple(shortCalls(row('NEW')), shortCalls(row('OLD')), pick('RETURN NEW', 'RETURN NULL'))
  .map(([fresh, old, end]): Step[] => [
    step(VIEW),
    step(
      `CREATE FUNCTION w_t() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
IF TG_OP = 'DELETE' THEN INSERT INTO notes (item, said) VALUES (-OLD.id, ${old}); RETURN OLD; END IF;
IF TG_OP = 'INSERT' THEN INSERT INTO items (id, body, kind, note) VALUES (NEW.id, NEW.body, NEW.kind, left(${fresh}, 40));
ELSE UPDATE items SET body = NEW.body, note = left(${fresh}, 40) WHERE id = OLD.id; END IF; ${end}; END $f$`,
    ),
    step('CREATE TRIGGER w INSTEAD OF INSERT OR UPDATE OR DELETE ON w_view FOR EACH ROW EXECUTE FUNCTION w_t()'),
  ]);

const rulesOfView = fc
  .tuple(shortCalls(row('NEW')), shortCalls(row('OLD')))
  .map(([fresh, old]): Step[] => [
    step(VIEW),
    step(
      `CREATE RULE w_insert AS ON INSERT TO w_view DO INSTEAD INSERT INTO items (id, body, kind, note) VALUES (NEW.id, NEW.body, NEW.kind, left(${fresh}, 40)) RETURNING id, body, kind, amount, note`,
    ),
    step(
      `CREATE RULE w_update AS ON UPDATE TO w_view DO INSTEAD UPDATE items SET body = NEW.body, note = left(${fresh}, 40) WHERE id = OLD.id`,
    ),
    step(
      `CREATE RULE w_delete AS ON DELETE TO w_view DO INSTEAD INSERT INTO notes (item, said) VALUES (OLD.id, ${old})`,
    ),
  ]);

const views: Arbitrary<Scenario> = fc
  .tuple(fc.oneof(inItsPlace, rulesOfView), fc.array(throughView, { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([made, writes, block]) => ({
    steps: [
      ...made,
      ...(block
        ? inBlock(
            writes.map((sql) => step(sql)),
            'COMMIT',
          )
        : writes.map((sql) => step(sql))),
    ],
    writes: true,
    clean: 'DROP VIEW IF EXISTS w_view; DROP FUNCTION IF EXISTS w_t',
  }));

const toItems = pick(
  `INSERT INTO items (id, body, amount) VALUES (101, 'one', 1), (102, 'two', NULL)`,
  `UPDATE items SET body = body || '!' WHERE id < 5`,
  `UPDATE items SET amount = amount + 1 WHERE mood_of(kind) = 'NEGATIVE' OR id = 3`,
  'DELETE FROM items WHERE id > 11',
);

const rulesBeside: Arbitrary<Scenario> = fc
  .tuple(shortCalls(row('NEW')), shortCalls(row('OLD')), pick('', ' WHERE NEW.id <> 3'), toItems)
  .map(([fresh, old, where, write]) => ({
    steps: [
      step(
        `CREATE RULE w_insert AS ON INSERT TO items${where} DO ALSO INSERT INTO notes (item, said) VALUES (NEW.id, ${fresh})`,
      ),
      step(
        `CREATE RULE w_update AS ON UPDATE TO items${where} DO ALSO INSERT INTO notes (item, said) VALUES (OLD.id, ${fresh})`,
      ),
      step(`CREATE RULE w_delete AS ON DELETE TO items DO ALSO INSERT INTO notes (item, said) VALUES (OLD.id, ${old})`),
      step(write),
    ],
    writes: true,
    clean:
      'DROP RULE IF EXISTS w_insert ON items; DROP RULE IF EXISTS w_update ON items; DROP RULE IF EXISTS w_delete ON items',
  }));

const toPartitions = pick(
  `INSERT INTO w_parts (id, body, kind, amount) SELECT id, body, kind, amount FROM items`,
  `INSERT INTO w_parts (id, body, kind, amount) VALUES (2, 'two', 'rare', 2), (9, 'nine', 'old', NULL)`,
  `INSERT INTO w_parts (id, body, kind) VALUES (3, 'three', mood_of('rare')) RETURNING id, note`,
  `UPDATE w_parts SET body = body || '!' WHERE id < 9`,
  `UPDATE w_parts SET id = id + 6 WHERE id < 3`,
  `DELETE FROM w_parts WHERE mood_of(body) <> 'MIXED'`,
);

const partitions: Arbitrary<Scenario> = fc
  .tuple(
    shortCalls(row('NEW')),
    shortCalls(row('NEW')),
    pick('w_parts', 'w_low'),
    fc.array(toPartitions, { minLength: 1, maxLength: 3 }),
  )
  .map(([before, after, on, writes]) => ({
    steps: [
      step('CREATE TABLE w_parts (id int, body text, kind text, amount int, note text) PARTITION BY RANGE (id)'),
      step('CREATE TABLE w_low PARTITION OF w_parts FOR VALUES FROM (MINVALUE) TO (7)'),
      step('CREATE TABLE w_high PARTITION OF w_parts FOR VALUES FROM (7) TO (MAXVALUE)'),
      step(
        `CREATE FUNCTION w_t() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN
IF TG_WHEN = 'BEFORE' THEN NEW.note := left(${before}, 40); RETURN NEW; END IF;
INSERT INTO notes (item, said) VALUES (NEW.id, ${after}); RETURN NULL; END $f$`,
      ),
      step(`CREATE TRIGGER w_before BEFORE INSERT OR UPDATE ON ${on} FOR EACH ROW EXECUTE FUNCTION w_t()`),
      step('CREATE TRIGGER w_after AFTER INSERT ON w_high FOR EACH ROW EXECUTE FUNCTION w_t()'),
      ...writes.map((sql) => step(sql)),
      ordered('SELECT * FROM w_parts ORDER BY id, body, kind, note'),
    ],
    writes: true,
    clean: 'DROP TABLE IF EXISTS w_parts; DROP FUNCTION IF EXISTS w_t',
  }));

export const rewrites: Topic = {
  name: 'rewrites',
  weight: 4,
  scenarios: fc.oneof({ weight: 2, arbitrary: views }, rulesBeside, partitions),
};
