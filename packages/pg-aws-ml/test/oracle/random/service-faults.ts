/** Services that stumble: what is retried shows in no answer, what fails is an error of the statement, or NULL. */
import type { Faults } from 'aws-ml-local';
import fc, { type Arbitrary } from 'fast-check';
import { conditions, shortCalls } from './items.js';
import { inBlock, ordered, pick, type Scenario, type Service, step, type Topic } from './scenario.js';

const everywhere = (faults: NonNullable<Faults['comprehend']>): Faults => ({
  comprehend: faults,
  sagemaker: faults,
  bedrock: faults,
});

/** Each is over by the next attempt, or the one after that. */
const retried: Arbitrary<Service> = pick(
  everywhere({ throttle: 1 }),
  everywhere({ throttle: { every: 3 } }),
  everywhere({ reset: 1 }),
  everywhere({ truncate: 1 }),
  everywhere({ serverError: 1 }),
  everywhere({ unavailable: { every: 4 } }),
  { sagemaker: { reset: { every: 3 } }, comprehend: { serverError: 2 } },
).map((faults) => ({ faults }));

const denying: Arbitrary<Service> = pick('comprehend', 'sagemaker', 'bedrock').map((denies) => ({
  faults: { [denies]: { accessDenied: true } },
  denies,
}));

/** Refused by the services themselves, at some row. */
const refusedRows = pick(
  `(aws_comprehend.detect_sentiment(CASE WHEN i.id = 5 THEN '' ELSE i.kind END, 'en')).sentiment`,
  `(aws_comprehend.detect_sentiment(i.body, CASE i.id WHEN 3 THEN 'xx' ELSE 'en' END)).sentiment`,
  `plpgsql_mood(CASE WHEN i.id % 3 = 0 THEN '' ELSE i.body END)`,
  `aws_sagemaker.invoke_endpoint(CASE i.id WHEN 4 THEN 'nowhere' ELSE 'label' END, NULL, i.id)`,
  `aws_bedrock.invoke_model('oracle.text', 'application/json', 'application/json', CASE WHEN i.id <> 6 THEN i.kind ELSE '' END)`,
);

const uses = (c: string, where: string): Arbitrary<Pick<Scenario, 'steps' | 'writes'>> =>
  pick<Pick<Scenario, 'steps' | 'writes'>>(
    { steps: [ordered(`SELECT i.id, ${c} AS said FROM items i WHERE ${where} ORDER BY i.id`)], writes: false },
    { steps: [ordered(`SELECT i.id FROM items i WHERE ${c} <> 'MIXED' OR i.id = 2 ORDER BY i.id`)], writes: false },
    { steps: [step(`SELECT ${c} IS NULL AS lacks, count(*) FROM items i GROUP BY 1`)], writes: false },
    { steps: [step(`UPDATE items i SET note = left(${c}, 40) WHERE ${where} RETURNING i.id, i.note`)], writes: true },
    { steps: [step(`INSERT INTO notes (item, said) SELECT i.id, ${c} FROM items i WHERE ${where}`)], writes: true },
    {
      steps: inBlock(
        [
          step(`INSERT INTO notes (said) SELECT ${c} FROM items i WHERE i.id = 1`),
          step('SAVEPOINT s'),
          step(`UPDATE items i SET note = left(${c}, 40) WHERE ${where}`),
          step('ROLLBACK TO s'),
          ordered('SELECT id, note FROM items ORDER BY id'),
        ],
        'COMMIT',
      ),
      writes: true,
    },
    {
      steps: [
        step(
          `DO $f$ DECLARE i record; said text; BEGIN FOR i IN SELECT * FROM items ORDER BY id LOOP BEGIN said := ${c}; INSERT INTO notes (item, said) VALUES (i.id, said); EXCEPTION WHEN external_routine_exception THEN INSERT INTO notes (item, said) VALUES (-i.id, 'refused'); END; END LOOP; END $f$`,
        ),
      ],
      writes: true,
    },
  );

const scenario = (service: Arbitrary<Service>, calls: Arbitrary<string>): Arbitrary<Scenario> =>
  fc
    .tuple(service, calls, fc.oneof(conditions(), fc.constant('i.id < 9')))
    .chain(([one, c, where]) => uses(c, where).map((what) => ({ ...what, service: one })));

const asNull = (service: Arbitrary<Service>): Arbitrary<Service> =>
  service.map((one) => ({ ...one, onError: 'null' as const }));

export const serviceFaults: Topic = {
  name: 'service faults',
  weight: 4,
  scenarios: fc.oneof(
    { weight: 3, arbitrary: scenario(retried, shortCalls()) },
    scenario(denying, shortCalls()),
    scenario(asNull(denying), shortCalls()),
    { weight: 2, arbitrary: scenario(asNull(fc.constant({})), refusedRows) },
  ),
};
