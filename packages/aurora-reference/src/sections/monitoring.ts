import type { ReferenceSection } from '../statement.js';

export const monitoring: ReferenceSection = {
  subject: 'Monitoring',
  statements: [
    { shows: 'track_functions', sql: "SET track_functions = 'all'", command: 'SET' },
    {
      shows: 'statistics of the functions',
      sql: "SELECT * FROM pg_stat_user_functions WHERE schemaname LIKE 'aws_%';",
      columns: [
        'funcid oid',
        'schemaname name',
        'funcname name',
        'calls bigint',
        'total_time double precision',
        'self_time double precision',
      ],
    },
    { shows: 'their reset', sql: 'SELECT pg_stat_reset();', rowCount: 1 },
    {
      shows: 'the functions that call invoke_endpoint',
      sql: "SELECT proname FROM pg_proc WHERE prosrc LIKE '%invoke_endpoint%';",
      columns: ['proname name'],
    },
    {
      shows: "the user's own among them",
      sql: `SELECT proname::text FROM pg_proc WHERE prosrc LIKE '%invoke_endpoint%'
            AND pronamespace = 'public'::regnamespace ORDER BY 1`,
      rows: [['analyze_company'], ['anomaly_score'], ['classify_event'], ['classify_event'], ['regression_model']],
    },
  ],
};
