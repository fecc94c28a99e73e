/** Triggers that call: before and after rows and statements, deferred ones, and over transition tables. */
import fc from 'fast-check';
import { shortCalls } from './items.js';
import { inBlock, pick, type Step, step, type Topic } from './scenario.js';

const row = (name: 'NEW' | 'OLD') => ({
  id: `${name}.id`,
  text: `${name}.body`,
  number: `${name}.amount`,
  kind: `${name}.kind`,
});

const writes = pick(
  `INSERT INTO items (id, body, amount) SELECT id + 100, upper(body), amount FROM items WHERE id < 6`,
  `INSERT INTO items (id, body) VALUES (101, 'one'), (102, 'two'), (103, NULL)`,
  `UPDATE items SET body = body || '!' WHERE id < 6`,
  `UPDATE items SET amount = amount + 1 WHERE kind = 'rare' RETURNING id, body`,
  `INSERT INTO items (id, body) VALUES (1, 'again'), (104, 'new') ON CONFLICT (id) DO UPDATE SET body = excluded.body`,
  `MERGE INTO items i USING (VALUES (1, 'merged'), (105, 'more')) v(id, body) ON i.id = v.id WHEN MATCHED THEN UPDATE SET body = v.body WHEN NOT MATCHED THEN INSERT (id, body) VALUES (v.id, v.body)`,
);

const trigger = (body: string, clause: string): Step[] => [
  step(`CREATE FUNCTION w_t() RETURNS trigger LANGUAGE plpgsql AS $f$ BEGIN ${body} END $f$`),
  step(`CREATE ${clause} EXECUTE FUNCTION w_t()`),
];

const before = fc
  .tuple(shortCalls(row('NEW')), pick('note', 'body'), pick('', `WHEN (NEW.id <> 3) `))
  .map(([c, column, when]) =>
    trigger(
      `IF NEW.amount IS DISTINCT FROM 9 THEN NEW.${column} := left(${c}, 40); END IF; RETURN NEW;`,
      `TRIGGER w BEFORE INSERT OR UPDATE ON items FOR EACH ROW ${when}`,
    ),
  );

const cancelling = shortCalls(row('NEW')).map((c) =>
  trigger(
    `IF ${c} LIKE '%N%' THEN RETURN NULL; END IF; RETURN NEW;`,
    'TRIGGER w BEFORE INSERT OR UPDATE ON items FOR EACH ROW',
  ),
);

const after = fc
  .tuple(shortCalls(row('NEW')), pick('TRIGGER w', 'CONSTRAINT TRIGGER w'), pick('', 'DEFERRABLE INITIALLY DEFERRED '))
  .map(([c, kind, deferred]) =>
    trigger(
      `INSERT INTO notes (item, said) VALUES (NEW.id, ${c}); RETURN NULL;`,
      `${kind} AFTER INSERT OR UPDATE ON items ${kind === 'TRIGGER w' ? '' : deferred}FOR EACH ROW`,
    ),
  );

const transition = fc
  .tuple(shortCalls(), pick('', ' WHERE i.id % 2 = 0'), pick('INSERT', 'UPDATE'))
  .map(([c, where, event]) =>
    trigger(
      `INSERT INTO notes (item, said) SELECT i.id, ${c} FROM fresh i${where}; RETURN NULL;`,
      `TRIGGER w AFTER ${event} ON items REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT`,
    ),
  );

export const triggers: Topic = {
  name: 'triggers',
  weight: 3,
  scenarios: fc
    .tuple(fc.oneof(before, cancelling, after, transition), writes, fc.boolean(), pick('COMMIT', 'ROLLBACK'))
    .map(([made, write, block, end]) => ({
      steps: [...made, ...(block ? inBlock([step(write)], end) : [step(write)])],
      writes: true,
      clean: 'DROP TRIGGER IF EXISTS w ON items; DROP FUNCTION IF EXISTS w_t',
    })),
};
