import { loadParser, parseStatement } from 'pg-rewriter';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { extensionStatement, runExtensionStatement } from '../../src/statements/extension/extension-statement.js';
import { hasNativeExtension } from '../../src/stubs/native-extension.js';
import { type Lab, openLab } from '../support/lab.js';
import { createTestDatabase, type DatabaseAddress } from '../support/postgres.js';
import { openSession, type Session } from './session.js';

beforeAll(() => loadParser());

async function execute(session: Session, sql: string): Promise<string> {
  const statement = extensionStatement(parseStatement(sql));
  if (statement === undefined) throw new Error(`not recognised: ${sql}`);
  let tag = '';
  await runExtensionStatement(session.connection, statement, {
    rowDescription: () => {},
    rows: () => {},
    commandComplete: (commandTag) => {
      tag = commandTag;
    },
  });
  return tag;
}

const installedFunctions = `SELECT n.nspname || '.' || p.proname, pg_get_function_identity_arguments(p.oid),
    pg_get_function_result(p.oid), p.provolatile, p.proparallel, p.procost, has_function_privilege('public', p.oid, 'EXECUTE')
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname IN ('aws_comprehend', 'aws_sagemaker', 'aws_bedrock') ORDER BY 1, 2`;

for (const role of ['superuser', 'ordinary']) {
  describe(`the extension's statements, by a role that is ${role}`, () => {
    let address: DatabaseAddress;
    let admin: Session;
    let session: Session;

    beforeEach(async () => {
      address = await createTestDatabase();
      admin = await openSession(address);
      if (role === 'ordinary') {
        await admin.query(`DO $$ BEGIN CREATE ROLE installer LOGIN; EXCEPTION WHEN duplicate_object THEN END $$`);
        await admin.query(`GRANT CREATE, TEMPORARY ON DATABASE "${address.database}" TO installer`);
      }
      session = await openSession(address, role === 'ordinary' ? 'installer' : undefined);
      return async () => {
        await session.end();
        await admin.end();
      };
    });

    it('installs with CASCADE once, and says so once', async () => {
      expect(await execute(session, 'CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE')).toBe('CREATE EXTENSION');
      expect(session.notices.map((n) => [n.severity, n.code, n.message])).toEqual([
        ['NOTICE', '00000', 'installing required extension "aws_commons"'],
      ]);
      expect(await execute(session, 'create extension if not exists "aws_ml" /* again */ ;')).toBe('CREATE EXTENSION');
      expect(session.notices.at(-1)).toMatchObject({
        severity: 'NOTICE',
        code: '42710',
        message: 'extension "aws_ml" already exists, skipping',
      });
      await expect(execute(session, 'CREATE EXTENSION aws_ml')).rejects.toMatchObject({
        code: '42710',
        message: 'extension "aws_ml" already exists',
      });
    });

    it('installs the documented functions, which nobody may execute yet', async () => {
      await execute(session, 'CREATE EXTENSION aws_ml CASCADE');
      const documented = (signature: string[]) => [...signature, 'v', 's', '5000', 'f'];
      expect(await session.query(installedFunctions)).toEqual([
        documented([
          'aws_bedrock.invoke_model',
          'model_id character varying, content_type text, accept_type text, model_input text, OUT model_output character varying',
          'character varying',
        ]),
        documented([
          'aws_bedrock.invoke_model_get_embeddings',
          'model_id character varying, content_type text, json_key text, model_input text, OUT model_output double precision[]',
          'double precision[]',
        ]),
        documented([
          'aws_comprehend.detect_sentiment',
          'input_text character varying, language_code character varying, max_rows_per_batch integer, OUT sentiment character varying, OUT confidence real',
          'record',
        ]),
        ...['_aws_ml.argument[]', 'character[]'].map((modelInput) =>
          documented([
            'aws_sagemaker.invoke_endpoint',
            `endpoint_name character varying, max_rows_per_batch integer, VARIADIC model_input ${modelInput}, OUT model_output character varying`,
            'character varying',
          ]),
        ),
      ]);
      const [usage] = await session.query(
        `SELECT bool_and(has_schema_privilege('public', s, 'USAGE')) FROM unnest(ARRAY['aws_comprehend', 'aws_sagemaker', 'aws_bedrock']) s`,
      );
      expect(usage).toEqual(['t']);
    });

    it('asks for aws_commons without CASCADE', async () => {
      await expect(execute(session, 'CREATE EXTENSION aws_ml')).rejects.toMatchObject({
        message: 'required extension "aws_commons" is not installed',
        hint: 'Use CREATE EXTENSION ... CASCADE to install required extensions too.',
      });
      expect(await execute(session, 'CREATE EXTENSION aws_commons')).toBe('CREATE EXTENSION');
      expect(await execute(session, 'CREATE EXTENSION aws_ml')).toBe('CREATE EXTENSION');
      expect(session.notices).toEqual([]);
    });

    it('leaves nothing behind when it fails or is rolled back', async () => {
      await session.query('CREATE SCHEMA aws_bedrock');
      await expect(execute(session, 'CREATE EXTENSION aws_ml CASCADE')).rejects.toMatchObject({ code: '42P06' });
      const schemas = `SELECT nspname FROM pg_namespace WHERE nspname ~ '^_?aws' ORDER BY 1`;
      expect(await session.query(schemas)).toEqual([['aws_bedrock']]);
      await session.query('DROP SCHEMA aws_bedrock');
      await session.query('BEGIN');
      await execute(session, 'CREATE EXTENSION aws_ml CASCADE');
      await session.query('ROLLBACK');
      expect(await session.query(schemas)).toEqual([]);
    });

    it('updates from 1.0 to 2.0', async () => {
      await execute(session, `CREATE EXTENSION aws_ml VERSION '1.0' CASCADE`);
      const names = async () => [...new Set((await session.query(installedFunctions)).map(([name]) => name))];
      expect(await names()).toEqual(['aws_comprehend.detect_sentiment', 'aws_sagemaker.invoke_endpoint']);
      expect(await execute(session, `ALTER EXTENSION aws_ml UPDATE TO '2.0'`)).toBe('ALTER EXTENSION');
      expect(await names()).toHaveLength(4);
      await execute(session, 'ALTER EXTENSION aws_ml UPDATE');
      expect(session.notices.at(-1)?.message).toBe('version "2.0" of extension "aws_ml" is already installed');
      await expect(execute(session, `ALTER EXTENSION aws_ml UPDATE TO '1.0'`)).rejects.toMatchObject({ code: '22023' });
    });

    it('refuses versions that do not exist', async () => {
      await expect(execute(session, `CREATE EXTENSION aws_ml VERSION '3.0' CASCADE`)).rejects.toMatchObject({
        code: '22023',
        message: 'extension "aws_ml" has no installation script nor update path for version "3.0"',
      });
    });

    it('drops without a trace', async () => {
      await execute(session, 'CREATE EXTENSION aws_ml CASCADE');
      await expect(execute(session, 'DROP EXTENSION aws_commons')).rejects.toMatchObject({ code: '2BP01' });
      expect(await execute(session, 'DROP EXTENSION aws_ml, aws_commons')).toBe('DROP EXTENSION');
      expect(await session.query(`SELECT nspname FROM pg_namespace WHERE nspname ~ '^_?aws'`)).toEqual([]);
      await expect(execute(session, 'DROP EXTENSION aws_ml')).rejects.toMatchObject({
        code: '42704',
        message: 'extension "aws_ml" does not exist',
      });
      await execute(session, 'DROP EXTENSION IF EXISTS aws_ml');
      expect(session.notices.at(-1)?.message).toBe('extension "aws_ml" does not exist, skipping');
      await execute(session, 'CREATE EXTENSION aws_ml CASCADE');
      await execute(session, 'DROP EXTENSION aws_commons CASCADE');
      expect(await session.query(`SELECT nspname FROM pg_namespace WHERE nspname ~ '^_?aws'`)).toEqual([]);
    });

    it('drops what depends on it only with CASCADE', async () => {
      await execute(session, 'CREATE EXTENSION aws_ml CASCADE');
      await session.query('CREATE SCHEMA mine');
      await session.query(`CREATE VIEW mine.v AS SELECT s.sentiment FROM aws_comprehend.detect_sentiment('x', 'en') s`);
      await expect(execute(session, 'DROP EXTENSION aws_ml')).rejects.toMatchObject({ code: '2BP01' });
      expect(await execute(session, 'DROP EXTENSION aws_ml CASCADE')).toBe('DROP EXTENSION');
      expect(await session.query(`SELECT relname FROM pg_class WHERE relname = 'v'`)).toEqual([]);
      expect(await execute(session, 'DROP EXTENSION aws_commons')).toBe('DROP EXTENSION');
    });

    it('installs once when several processes try at the same time', async () => {
      const others = await Promise.all(
        [1, 2, 3].map(() => openSession(address, role === 'ordinary' ? 'installer' : undefined)),
      );
      await Promise.all(others.map((other) => execute(other, 'CREATE EXTENSION IF NOT EXISTS aws_ml CASCADE')));
      expect(others.flatMap((o) => o.notices).filter((n) => n.code === '42710')).toHaveLength(2);
      expect(await session.query(installedFunctions)).toHaveLength(5);
      await Promise.all(others.map((other) => other.end()));
    });
  });
}

describe('an installation of another version of this package', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab({ endpoints: { echo: { predict: (fields) => fields.join(',') } } });
    await lab.admin.query(`COMMENT ON SCHEMA _aws_ml IS NULL;
      DROP FUNCTION _aws_ml.begin_replay;
      CREATE FUNCTION _aws_ml.begin_replay(nonce text) RETURNS void LANGUAGE sql AS '';
      CREATE OR REPLACE FUNCTION _aws_ml.evaluate(function_name text, arguments text[], max_rows int, OUT r1 text, OUT r2 text)
        LANGUAGE plpgsql AS 'BEGIN RAISE ''old''; END';
      CREATE VIEW judged AS SELECT (aws_comprehend.detect_sentiment('x', 'en')).sentiment;
      GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO PUBLIC`);
  });
  afterAll(() => lab.close());

  it('is refused with what to do, and carried over with all that was built on it', async () => {
    const pool = lab.openPool();
    const call = `SELECT (aws_comprehend.detect_sentiment('x', 'en')).sentiment AS s`;
    await expect(pool.query(call)).rejects.toMatchObject({
      code: '55000',
      hint: expect.stringContaining('ALTER EXTENSION aws_ml UPDATE'),
    });
    await pool.query('ALTER EXTENSION aws_ml UPDATE');
    expect((await pool.query(call)).rows).toEqual([{ s: expect.any(String) }]);
    expect((await pool.query('SELECT * FROM judged')).rows).toHaveLength(1);
    expect(
      (await pool.query(`DO $$ DECLARE m text; BEGIN m := (SELECT sentiment FROM judged); COMMIT; END $$`)).command,
    ).toBe('DO');
    const { rows } = await lab.admin.query(
      `SELECT has_function_privilege('public', 'aws_comprehend.detect_sentiment'::regproc, 'EXECUTE') AS may, (SELECT count(*)::int FROM _aws_ml.secret) AS secrets`,
    );
    expect(rows).toEqual([{ may: true, secrets: 1 }]);
    await pool.query('ALTER EXTENSION aws_ml UPDATE');
  });

  it('that had a function invoke_endpoint for each type is carried over, unless something holds one', async () => {
    const attributes = `LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN model_output := _aws_ml.old(); END'`;
    await lab.admin.query(`COMMENT ON SCHEMA _aws_ml IS NULL;
      DROP FUNCTION aws_sagemaker.invoke_endpoint(varchar, int, bpchar[]);
      DROP TYPE _aws_ml.argument CASCADE;
      DROP DOMAIN _aws_ml.argument_fields;
      DROP FUNCTION _aws_ml.ensure_invoke_endpoint_call;
      CREATE FUNCTION aws_sagemaker.invoke_endpoint(e varchar, n int, VARIADIC i varchar[], OUT model_output varchar) ${attributes};
      CREATE FUNCTION aws_sagemaker.invoke_endpoint(e varchar, n int, i real, OUT model_output varchar) ${attributes};
      REVOKE EXECUTE ON FUNCTION aws_sagemaker.invoke_endpoint(varchar, int, varchar[]) FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION aws_sagemaker.invoke_endpoint(varchar, int, varchar[]) TO pg_monitor;
      CREATE VIEW scored AS SELECT aws_sagemaker.invoke_endpoint('e', 1, 1.5::real)`);
    const pool = lab.openPool();
    await expect(pool.query('ALTER EXTENSION aws_ml UPDATE')).rejects.toMatchObject({
      code: '2BP01',
      detail: expect.stringContaining('view scored'),
      hint: expect.stringContaining('DROP EXTENSION aws_ml CASCADE'),
    });
    await lab.admin.query('DROP VIEW scored');
    await pool.query('ALTER EXTENSION aws_ml UPDATE');
    await pool.query(`CREATE VIEW scored AS SELECT aws_sagemaker.invoke_endpoint('echo', 1, 1.50, 'x') AS s`);
    const functions = `SELECT p.oid::regprocedure::text AS f, has_function_privilege('pg_monitor', p.oid, 'EXECUTE') AS m,
      has_function_privilege('public', p.oid, 'EXECUTE') AS p FROM pg_proc p WHERE p.proname = 'invoke_endpoint' ORDER BY p.oid`;
    const expected = ['character[]', '_aws_ml.argument[]', '_aws_ml.argument,character'].map((types) => ({
      f: `aws_sagemaker.invoke_endpoint(character varying,integer,${types})`,
      m: true,
      p: false,
    }));
    expect((await lab.admin.query(functions)).rows).toEqual(expected);
    // What is built on these stays through the next update.
    await lab.admin.query(`COMMENT ON SCHEMA _aws_ml IS NULL;
      CREATE OR REPLACE FUNCTION aws_sagemaker.invoke_endpoint(endpoint_name varchar,
          max_rows_per_batch int, _aws_ml.argument, bpchar, OUT model_output varchar)
        LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN RAISE ''old''; END'`);
    await pool.query('ALTER EXTENSION aws_ml UPDATE');
    expect((await lab.admin.query(functions)).rows).toEqual(expected);
    expect((await pool.query('DO $$ BEGIN PERFORM s FROM scored; END $$')).command).toBe('DO');
    expect(
      (await pool.query(`SELECT s, aws_sagemaker.invoke_endpoint('echo', 1, 1.50) AS t FROM scored`)).rows,
    ).toEqual([{ s: '1.50,x', t: '1.50' }]);
  });
});

describe('the role aws_ml', () => {
  let address: DatabaseAddress;
  let session: Session;
  beforeAll(async () => {
    address = await createTestDatabase();
    session = await openSession(address);
  });
  afterAll(() => session.end());

  it('may execute the functions', async () => {
    await execute(session, 'CREATE EXTENSION aws_ml CASCADE');
    expect(
      await session.query(
        `SELECT has_function_privilege('aws_ml', 'aws_comprehend.detect_sentiment'::regproc, 'EXECUTE'),
                pg_has_role(current_user, 'aws_ml', 'MEMBER')`,
      ),
    ).toEqual([['t', 't']]);
  });
});

describe('a server with an aws_ml of its own', () => {
  it('is recognised', async () => {
    const session = await openSession(await createTestDatabase());
    const native = async () => {
      const found = await hasNativeExtension(session.connection);
      await session.connection.sync();
      return found;
    };
    expect(await native()).toBe(false);
    await execute(session, 'CREATE EXTENSION aws_ml CASCADE');
    expect(await native()).toBe(false);
    await session.query(`INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
      VALUES (99999, 'aws_ml', 10, 2200, false, '2.0')`);
    expect(await native()).toBe(true);
    await session.end();
  });
});

describe('what is not a statement of the extension', () => {
  it.each([
    'CREATE EXTENSION hstore',
    'DROP EXTENSION IF EXISTS vector, hstore',
    `SELECT 'CREATE EXTENSION aws_ml'`,
    'CREATE EXTENSION "AWS_ML"',
    'CREATE TABLE extension (aws_ml text)',
  ])('%s', (sql) => {
    expect(extensionStatement(parseStatement(sql))).toBeUndefined();
  });
});
