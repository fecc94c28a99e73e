import { feedback, supportTable } from '../feedback.js';
import { notes } from '../services.js';
import type { ReferenceSection } from '../statement.js';

const clinicianNotes = [
  'CREATE TABLE clinician_notes (id int PRIMARY KEY, french_notes text, sentiment varchar, confidence real)',
  `INSERT INTO clinician_notes VALUES (1, '${notes.better}', NULL, NULL), (2, NULL, NULL, NULL), (3, '  ', NULL, NULL),
     (4, '${notes.worse}', NULL, NULL), (5, 'Rien à signaler.', 'NEUTRAL', 0.5), (6, '${notes.better}', NULL, NULL)`,
];

export const comprehend: ReferenceSection = {
  subject: 'Amazon Comprehend',
  statements: [
    {
      shows: 'the documented answer',
      given: supportTable,
      sql: `SELECT feedback, s.sentiment,s.confidence
            FROM support,aws_comprehend.detect_sentiment(feedback, 'en') s
            ORDER BY s.confidence DESC;`,
      columns: ['feedback text', 'sentiment character varying', 'confidence real'],
      rows: feedback,
      requests: { comprehend: 1 },
    },
    {
      shows: 'that sentiments are materialized where they are missing, each text once',
      given: clinicianNotes,
      sql: `UPDATE clinician_notes
            SET sentiment = (aws_comprehend.detect_sentiment (french_notes, 'fr')).sentiment,
                confidence = (aws_comprehend.detect_sentiment (french_notes, 'fr')).confidence
            WHERE
                clinician_notes.french_notes IS NOT NULL AND
                LENGTH(TRIM(clinician_notes.french_notes)) > 0 AND
                clinician_notes.sentiment IS NULL;`,
      command: 'UPDATE',
      rowCount: 3,
      requests: { comprehend: 1 },
    },
    {
      shows: 'what the update wrote',
      sql: 'SELECT id, sentiment, confidence FROM clinician_notes ORDER BY id',
      rows: [
        [1, 'POSITIVE', 0.75],
        [2, null, null],
        [3, null, null],
        [4, 'NEGATIVE', 0.875],
        [5, 'NEUTRAL', 0.5],
        [6, 'POSITIVE', 0.75],
      ],
    },
  ],
};
