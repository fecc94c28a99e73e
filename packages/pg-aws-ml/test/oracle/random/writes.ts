/** DML: RETURNING, ON CONFLICT, MERGE, data-modifying WITH. */
import fc, { type Arbitrary } from 'fast-check';
import { conditions, plainConditions, shortCalls, texts } from './items.js';
import { inBlock, pick, step, type Topic } from './scenario.js';

const call = shortCalls();
const returning = fc.oneof(
  fc.constant(''),
  fc.constant(' RETURNING i.id, i.note'),
  call.map((c) => ` RETURNING i.id, ${c} AS said`),
);

const inserted: Arbitrary<string> = fc
  .tuple(
    fc.oneof(texts(), call),
    conditions(),
    pick('', ' ON CONFLICT (id) DO NOTHING', ' ON CONFLICT (id) DO UPDATE SET note = excluded.note, amount = x.amount'),
    pick('0', '8', '100'),
    pick('', ' RETURNING id, note', ' RETURNING id, mood_of(note)'),
  )
  .map(
    ([t, c, conflict, offset, result]) =>
      `INSERT INTO items AS x (id, note, amount) SELECT i.id + ${offset}, left(${t}, 90), i.amount FROM items i WHERE i.id < 12 AND ${c}${conflict}${result}`,
  );

const updated: Arbitrary<string> = fc
  .tuple(pick('note', 'body', 'fixed', 'kind'), fc.oneof(texts(), call), conditions(), returning)
  .map(([column, t, c, result]) => `UPDATE items i SET ${column} = left(${t}, 8) WHERE ${c}${result}`);

const updatedFrom: Arbitrary<string> = fc
  .tuple(call, plainConditions(), returning)
  .map(
    ([t, c, result]) =>
      `UPDATE items i SET note = left(${t}, 50), amount = s.stars FROM reviews s WHERE s.id = i.id AND ${c}${result}`,
  );

const rows: Arbitrary<string> = pick(
  `UPDATE items i SET (kind, price) = (SELECT left(s.sentiment, 8), s.confidence FROM aws_comprehend.detect_sentiment(i.body, 'en') s)`,
  `UPDATE items i SET note = s.sentiment FROM items j, LATERAL aws_comprehend.detect_sentiment(j.body, 'en') s WHERE j.id = i.id AND i.id < 9`,
  `MERGE INTO items i USING (SELECT id, mood_of(body) AS mood FROM reviews WHERE id < 20) r ON r.id = i.id WHEN MATCHED AND r.mood = 'POSITIVE' THEN DELETE WHEN MATCHED THEN UPDATE SET note = r.mood WHEN NOT MATCHED THEN INSERT (id, note) VALUES (r.id, r.mood)`,
  `MERGE INTO items i USING products p ON p.id = i.id WHEN MATCHED AND mood_of(p.name) <> 'MIXED' THEN UPDATE SET note = mood_of(i.body) WHEN NOT MATCHED THEN DO NOTHING`,
);

const deleted: Arbitrary<string> = fc
  .tuple(conditions(), returning)
  .map(([c, result]) => `DELETE FROM items i WHERE ${c}${result}`);

const within: Arbitrary<string> = fc.oneof(
  fc
    .tuple(conditions(), call)
    .map(
      ([c, t]) => `WITH gone AS (DELETE FROM items i WHERE ${c} RETURNING i.*) SELECT i.id, ${t} AS said FROM gone i`,
    ),
  fc
    .tuple(call, conditions())
    .map(
      ([t, c]) =>
        `WITH changed AS (UPDATE items i SET note = left(${t}, 50) WHERE ${c} RETURNING i.id, i.note) INSERT INTO notes (item, said) SELECT id, note FROM changed`,
    ),
  call.map(
    (t) =>
      `WITH said AS (SELECT i.id, ${t} AS t FROM items i), kept AS (INSERT INTO notes (item, said) SELECT id, t FROM said WHERE t IS NOT NULL RETURNING item) SELECT count(*) FROM kept`,
  ),
  call.map((t) => `INSERT INTO notes (item, said) SELECT i.id, ${t} FROM items i ORDER BY i.id RETURNING n, said`),
  fc.constant(
    `INSERT INTO notes (item, said) SELECT i.id, i.body FROM items i ORDER BY i.id RETURNING n, mood_of(said)`,
  ),
);

const dml = fc.oneof(inserted, updated, updatedFrom, rows, deleted, within);

export const writes: Topic = {
  name: 'writes',
  weight: 5,
  scenarios: fc
    .tuple(fc.array(dml, { minLength: 1, maxLength: 2 }), fc.boolean(), pick('COMMIT', 'ROLLBACK'))
    .map(([statements, block, end]) => ({
      steps: block
        ? inBlock(
            statements.map((sql) => step(sql)),
            end,
          )
        : statements.map((sql) => step(sql)),
      writes: true,
    })),
};
