/** What services refuse, at some row, behind a condition, in a sub-transaction. */
import fc, { type Arbitrary } from 'fast-check';
import { ordered, pick, type Scenario, step, type Topic } from './scenario.js';

const refused = pick(
  `(aws_comprehend.detect_sentiment(CASE WHEN i.id = 5 THEN '' ELSE i.kind END, 'en')).sentiment`,
  `(aws_comprehend.detect_sentiment(i.body, CASE i.id WHEN 3 THEN 'xx' ELSE 'en' END)).sentiment`,
  `aws_sagemaker.invoke_endpoint(CASE i.id WHEN 4 THEN 'nowhere' ELSE 'label' END, NULL, i.id)`,
  `aws_bedrock.invoke_model('oracle.text', 'application/json', 'application/json', CASE WHEN i.id <> 6 THEN i.kind ELSE '' END)`,
);

const statements: Arbitrary<Scenario> = fc
  .tuple(refused, pick('true', 'i.id < 3', 'i.id > 2', `mood_of(i.kind) <> 'MIXED'`))
  .chain(([c, where]) =>
    pick<Scenario>(
      { steps: [ordered(`SELECT i.id, ${c} AS said FROM items i WHERE ${where} ORDER BY i.id`)], writes: false },
      { steps: [step(`UPDATE items i SET note = ${c} WHERE ${where}`)], writes: true },
      { steps: [step(`INSERT INTO notes (said) SELECT ${c} FROM items i WHERE ${where}`)], writes: true },
      { steps: [step(`SELECT count(${c}) FROM items i WHERE ${where}`)], writes: false },
      {
        steps: [step('BEGIN'), step(`UPDATE items i SET note = ${c} WHERE ${where}`), step('SELECT 1'), step('COMMIT')],
        writes: true,
      },
      {
        steps: [
          step(
            `DO $f$ DECLARE i record; said text; BEGIN FOR i IN SELECT * FROM items ORDER BY id LOOP BEGIN said := ${c}; INSERT INTO notes (item, said) VALUES (i.id, said); EXCEPTION WHEN OTHERS THEN INSERT INTO notes (item, said) VALUES (-i.id, left(SQLSTATE, 2)); END; END LOOP; END $f$`,
          ),
        ],
        writes: true,
      },
    ),
  );

export const faults: Topic = { name: 'faults', weight: 2, scenarios: statements };
