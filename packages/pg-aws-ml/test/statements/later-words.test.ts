import { existsSync } from 'node:fs';
import { startLocalServices } from 'aws-ml-local';
import { Pool } from 'pg-aws-ml';
import { startPostgres } from 'throwaway-postgres';
import { describe, expect, it } from 'vitest';
import { mood } from '../replay/application.js';
import { localOptions } from '../support/lab.js';

const installation = '/usr/lib/postgresql/15';

describe.skipIf(!existsSync(`${installation}/bin/postgres`))(
  'functions named like words that later grammars reserve',
  () => {
    it('are called as they are on the server', { timeout: 120_000 }, async () => {
      const server = await startPostgres({ installation });
      const services = await startLocalServices({
        sentiment: (text) => (text.includes('bad') ? 'NEGATIVE' : 'POSITIVE'),
      });
      const pool = new Pool({ connectionString: server.connectionString, awsMl: localOptions(services) });
      try {
        await pool.query('CREATE EXTENSION aws_ml CASCADE');
        await pool.query('CREATE TABLE notes (id int, body text, mood text)');
        await pool.query(`INSERT INTO notes VALUES (1, 'good'), (2, 'bad')`);
        for (const [name, body] of [
          ['json_value', `sql AS $$ SELECT ${mood('t')} $$`],
          ['json_scalar', `plpgsql AS $$ BEGIN RETURN ${mood('t')}; END $$`],
          ['merge_action', `sql AS $$ SELECT json_value(t) $$`],
          ['json_array', `sql AS $$ SELECT json_scalar(t) $$`],
        ]) {
          await pool.query(`CREATE FUNCTION ${name}(t text) RETURNS text LANGUAGE ${body}`);
          const { rows } = await pool.query({ text: `SELECT ${name}(body) FROM notes ORDER BY id`, rowMode: 'array' });
          expect(rows).toEqual([['POSITIVE'], ['NEGATIVE']]);
          await pool.query(`UPDATE notes SET mood = NULL; UPDATE notes SET mood = ${name}(body)`);
          const { rows: written } = await pool.query('SELECT mood FROM notes ORDER BY id');
          expect(written).toEqual([{ mood: 'POSITIVE' }, { mood: 'NEGATIVE' }]);
        }
        await pool.query('CREATE VIEW judged AS SELECT id, json_value(body) AS json_value FROM notes');
        const { rows } = await pool.query('SELECT json_value FROM judged ORDER BY id');
        expect(rows).toEqual([{ json_value: 'POSITIVE' }, { json_value: 'NEGATIVE' }]);
      } finally {
        await pool.end();
        await services.close();
        await server.stop();
      }
    });
  },
);
