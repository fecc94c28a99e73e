/** A way to write the ML values of all rows of `reviews`. */
export interface WriteForm {
  readonly name: string;
  readonly sql: string;
  readonly prepare?: readonly string[];
  /** Counts the rows that were written. Default: those of `reviews` that have a sentiment. */
  readonly written?: string;
}

const call = (text: string) => `aws_comprehend.detect_sentiment(${text}, 'en')`;
const set = 'SET sentiment = s.sentiment, confidence = s.confidence';
const scored = `SELECT r.id, s.sentiment, s.confidence FROM reviews r, LATERAL ${call('r.body')} s`;
const inScored = 'SELECT count(sentiment)::int AS written FROM scored';
const rowFunction = `CREATE OR REPLACE FUNCTION mood_of(body text) RETURNS text LANGUAGE plpgsql AS $$
  BEGIN RETURN (${call('body')}).sentiment; END $$`;

export const writeForms: readonly WriteForm[] = [
  { name: 'INSERT … SELECT', sql: `INSERT INTO scored ${scored}`, written: inScored },
  {
    name: 'INSERT … ON CONFLICT DO UPDATE',
    sql: `INSERT INTO scored ${scored} ON CONFLICT (id) DO UPDATE SET sentiment = excluded.sentiment, confidence = excluded.confidence`,
    prepare: ['CREATE UNIQUE INDEX ON scored (id)', 'INSERT INTO scored SELECT id FROM reviews'],
    written: inScored,
  },
  {
    name: 'CREATE TABLE AS',
    sql: `CREATE TABLE scored AS ${scored}`,
    prepare: ['DROP TABLE scored'],
    written: inScored,
  },
  {
    name: 'SET a = (ml()).a, b = (ml()).b',
    sql: `UPDATE reviews SET sentiment = (${call('body')}).sentiment, confidence = (${call('body')}).confidence`,
  },
  {
    name: 'SET a = (SELECT … FROM ml())',
    sql: `UPDATE reviews SET sentiment = (SELECT s.sentiment FROM ${call('body')} s)`,
  },
  {
    name: 'SET (a, b) = (SELECT … FROM ml())',
    sql: `UPDATE reviews SET (sentiment, confidence) = (SELECT s.sentiment, s.confidence FROM ${call('body')} s)`,
  },
  {
    name: 'UPDATE … FROM t, ml()',
    sql: `UPDATE reviews t ${set} FROM reviews r, LATERAL ${call('r.body')} s WHERE r.id = t.id`,
  },
  { name: 'UPDATE … FROM (SELECT …)', sql: `UPDATE reviews t ${set} FROM (${scored}) s WHERE s.id = t.id` },
  {
    name: 'UPDATE … FROM (SELECT (ml()).*)',
    sql: `UPDATE reviews t ${set} FROM (SELECT id, (${call('body')}).* FROM reviews) s WHERE s.id = t.id`,
  },
  { name: 'WITH … UPDATE', sql: `WITH s AS (${scored}) UPDATE reviews t ${set} FROM s WHERE s.id = t.id` },
  {
    name: 'MERGE USING (SELECT …)',
    sql: `MERGE INTO reviews t USING (${scored}) s ON s.id = t.id WHEN MATCHED THEN UPDATE ${set}`,
  },
  {
    name: 'MERGE … SET a = (ml()).a',
    sql: `MERGE INTO reviews t USING reviews r ON r.id = t.id WHEN MATCHED THEN UPDATE SET sentiment = (${call('r.body')}).sentiment`,
  },
  {
    name: 'DELETE WHERE ml()',
    sql: `DELETE FROM scored s USING reviews r WHERE r.id = s.id AND (${call('r.body')}).sentiment IS NOT NULL`,
    prepare: ['INSERT INTO scored SELECT id FROM reviews'],
    written: 'SELECT (SELECT count(*) FROM reviews)::int - (SELECT count(*) FROM scored)::int AS written',
  },
  {
    name: 'PL/pgSQL function',
    sql: 'UPDATE reviews SET sentiment = mood_of(body)',
    prepare: [rowFunction],
  },
  {
    name: 'PL/pgSQL loop',
    sql: `DO $$ DECLARE r record; s record; BEGIN
      FOR r IN SELECT id, body FROM reviews LOOP
        s := ${call('r.body')};
        INSERT INTO scored VALUES (r.id, s.sentiment, s.confidence);
      END LOOP; END $$`,
    written: inScored,
  },
  {
    name: 'row trigger',
    sql: 'INSERT INTO scored (id, body) SELECT id, body FROM reviews',
    prepare: [
      'ALTER TABLE scored ADD body text',
      `CREATE OR REPLACE FUNCTION score() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN new.sentiment := (${call('new.body')}).sentiment; RETURN new; END $$`,
      'CREATE TRIGGER score BEFORE INSERT ON scored FOR EACH ROW EXECUTE FUNCTION score()',
    ],
    written: inScored,
  },
];
