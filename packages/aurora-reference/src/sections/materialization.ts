import { notes } from '../services.js';
import type { ReferenceSection } from '../statement.js';

const table = [
  `CREATE TABLE journal (id int PRIMARY KEY, note text, sentiment varchar, materialized_at timestamptz)`,
  `INSERT INTO journal VALUES (1, '${notes.better}', 'POSITIVE', now()), (2, '${notes.worse}', NULL, NULL),
     (3, '${notes.better}', NULL, NULL)`,
];

export const materialization: ReferenceSection = {
  subject: 'Materialized columns and views',
  statements: [
    {
      shows: 'CREATE TABLE AS',
      given: table,
      sql: `CREATE TABLE judged AS
            SELECT id, s.* FROM journal, aws_comprehend.detect_sentiment(note, 'fr') s WHERE id > 1`,
      rowCount: 2,
      requests: { comprehend: 1 },
    },
    {
      shows: 'what it holds',
      sql: 'SELECT id, sentiment, confidence FROM judged ORDER BY id',
      columns: ['id integer', 'sentiment character varying', 'confidence real'],
      rows: [
        [2, 'NEGATIVE', 0.875],
        [3, 'POSITIVE', 0.75],
      ],
    },
    {
      shows: 'a view that joins materialized results and a query over the rest',
      sql: `CREATE VIEW journal_sentiment AS
            SELECT id, sentiment FROM journal WHERE sentiment IS NOT NULL
            UNION ALL
            SELECT id, (aws_comprehend.detect_sentiment(note, 'fr')).sentiment FROM journal WHERE sentiment IS NULL`,
      command: 'CREATE',
    },
    {
      shows: 'a query of the view, which sends the rest only',
      sql: 'SELECT * FROM journal_sentiment ORDER BY id',
      columns: ['id integer', 'sentiment character varying'],
      rows: [
        [1, 'POSITIVE'],
        [2, 'NEGATIVE'],
        [3, 'POSITIVE'],
      ],
      requests: { comprehend: 1 },
    },
    {
      shows: 'UPDATE of rows that nobody else has locked',
      sql: `UPDATE journal SET sentiment = (aws_comprehend.detect_sentiment(note, 'fr')).sentiment, materialized_at = now()
            WHERE id IN (SELECT id FROM journal WHERE sentiment IS NULL FOR UPDATE SKIP LOCKED)`,
      command: 'UPDATE',
      rowCount: 2,
      requests: { comprehend: 1 },
    },
    {
      shows: 'that nothing is left for the view to send',
      sql: 'SELECT count(*)::int FROM journal_sentiment',
      rows: [[3]],
    },
    {
      shows: 'CREATE MATERIALIZED VIEW',
      sql: `CREATE MATERIALIZED VIEW journal_mood AS
            SELECT id, s.sentiment FROM journal, aws_comprehend.detect_sentiment(note, 'fr') s`,
      rowCount: 3,
      requests: { comprehend: 1 },
    },
    {
      shows: 'its rows, without a request',
      sql: 'SELECT * FROM journal_mood ORDER BY id',
      rows: [
        [1, 'POSITIVE'],
        [2, 'NEGATIVE'],
        [3, 'POSITIVE'],
      ],
    },
    {
      shows: 'REFRESH MATERIALIZED VIEW',
      given: [`UPDATE journal SET note = '${notes.worse}' WHERE id = 3`],
      sql: 'REFRESH MATERIALIZED VIEW journal_mood',
      command: 'REFRESH',
      requests: { comprehend: 1 },
    },
    {
      shows: 'REFRESH MATERIALIZED VIEW CONCURRENTLY',
      given: ['CREATE UNIQUE INDEX ON journal_mood (id)', 'DELETE FROM journal WHERE id = 2'],
      sql: 'REFRESH MATERIALIZED VIEW CONCURRENTLY journal_mood',
      command: 'REFRESH',
      requests: { comprehend: 1 },
    },
    {
      shows: 'the rows after both',
      sql: 'SELECT * FROM journal_mood ORDER BY id',
      rows: [
        [1, 'POSITIVE'],
        [3, 'NEGATIVE'],
      ],
    },
  ],
};
