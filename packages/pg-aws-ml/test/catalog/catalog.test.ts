import { mlFunctions } from 'aws-ml-core';
import { relationKey } from 'pg-rewriter';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CatalogCache, type WantedFacts } from '../../src/catalog/catalog-cache.js';
import type { LoadedFacts, MlReach } from '../../src/catalog/facts.js';
import { loadMlReach } from '../../src/catalog/ml-reach.js';
import { loadSessionFacts } from '../../src/catalog/session-facts.js';
import { loadTypes } from '../../src/catalog/type-facts.js';
import { ensureInvokeEndpointNamed } from '../../src/natively/overloads.js';
import type { ServerConnection } from '../../src/server/server-connection.js';
import { installScript } from '../../src/statements/extension/install-script.js';
import { updateScript } from '../../src/statements/extension/update-script.js';
import { createInstalledDatabase, type InstalledDatabase } from '../extension/installed.js';
import { openSession, type Session } from '../extension/session.js';
import { createTestDatabase } from '../support/postgres.js';

const schema = `
CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO caller;
SET search_path = app, public;
CREATE TABLE reviews (id int PRIMARY KEY, body text, price numeric(8, 2));
CREATE TABLE plain (id int);
CREATE TYPE forecast AS (six_month real, risk float8);
CREATE FUNCTION mood_of(t text, lang text DEFAULT 'en') RETURNS varchar STRICT AS $$ SELECT (aws_comprehend.detect_sentiment(t, lang)).sentiment $$ LANGUAGE sql STABLE;
CREATE FUNCTION twice(t text) RETURNS text AS $$ SELECT Mood_Of(t) || "mood_of"(t) $$ LANGUAGE sql;
CREATE FUNCTION atomic(t text) RETURNS TABLE (mood varchar, c real) LANGUAGE sql BEGIN ATOMIC SELECT s.sentiment, s.confidence FROM aws_comprehend.detect_sentiment(t, 'en') s; END;
CREATE FUNCTION returning_it(t text) RETURNS varchar LANGUAGE sql RETURN mood_of(t);
CREATE FUNCTION predict(VARIADIC cash numeric[], OUT prediction forecast) AS $$ SELECT aws_sagemaker.invoke_endpoint('e', NULL, 'x')::app.forecast $$ LANGUAGE sql SECURITY DEFINER SET work_mem = '1MB';
CREATE FUNCTION pairs(INOUT a int, OUT b text) AS $$ SELECT a, twice('x') $$ LANGUAGE sql;
CREATE PROCEDURE score() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || 'aws_bedrock.invoke_model($1)'; END $$;
CREATE FUNCTION unrelated(mood_of_day text) RETURNS text AS $$ SELECT mood_of_day $$ LANGUAGE sql;
CREATE VIEW moods AS SELECT id, mood_of(body) AS m FROM reviews;
CREATE VIEW moods2 AS SELECT m, count(*) FROM moods GROUP BY m;
CREATE VIEW no_moods AS SELECT id FROM reviews;
CREATE MATERIALIZED VIEW stored AS SELECT * FROM moods WITH NO DATA;
CREATE FUNCTION from_view() RETURNS bigint AS $$ SELECT count(*) FROM moods2 $$ LANGUAGE sql;
CREATE FUNCTION on_insert() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body := twice(NEW.body); RETURN NEW; END $$;
CREATE TABLE watched (id int, body text DEFAULT mood_of('a'), CHECK (mood_of(body) <> 'NEGATIVE'));
CREATE TRIGGER t BEFORE INSERT ON watched FOR EACH ROW EXECUTE FUNCTION on_insert();
ALTER TABLE watched ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON watched USING (twice(body) = 'x');
GRANT SELECT ON ALL TABLES IN SCHEMA app TO caller;
CREATE SCHEMA other;
CREATE TABLE other.reviews (n bigint);
CREATE FUNCTION other.mood_of(n int) RETURNS int AS 'SELECT 1' LANGUAGE sql;
`;

let database: InstalledDatabase;
let admin: Session;
let caller: Session;
let reach: MlReach;

beforeAll(async () => {
  database = await createInstalledDatabase();
  ({ admin, caller } = database);
  await admin.query(schema);
  await ensureInvokeEndpointNamed(admin.connection, ['integer']);
  reach = await loadMlReach(admin.connection);
  await admin.connection.sync();
});
afterAll(() => database.end());

/** Runs what reads the catalog, and leaves the connection synced. */
async function read<T>({ connection }: Session, work: (connection: ServerConnection) => Promise<T>): Promise<T> {
  try {
    return await work(connection);
  } finally {
    await connection.sync();
  }
}

function load(session: Session, wanted: Partial<WantedFacts>, cache = new CatalogCache()): Promise<LoadedFacts> {
  return read(session, async (connection) => {
    const facts = await loadSessionFacts(connection);
    return cache.facts(connection, facts, { functions: [], relations: [], ...wanted });
  });
}

describe('what reaches an ML function', () => {
  it('are the functions that mention one, at any depth, through views as well', () => {
    const names = [...reach.functions.values()].map((f) => `${f.schema}.${f.name}`).sort();
    expect(names).toEqual([
      'app.atomic',
      'app.from_view',
      'app.mood_of',
      'app.on_insert',
      'app.pairs',
      'app.predict',
      'app.returning_it',
      'app.score',
      'app.twice',
      'aws_bedrock.invoke_model',
      'aws_bedrock.invoke_model_get_embeddings',
      'aws_comprehend.detect_sentiment',
      'aws_sagemaker.invoke_endpoint',
      'aws_sagemaker.invoke_endpoint',
    ]);
  });

  it('are views on them, and tables whose triggers, defaults, constraints or policies call them', () => {
    const relations = [...reach.relations.values()].map((r) => [r.name, [...r.parts].sort()]).sort();
    expect(relations).toEqual([
      ['moods', ['view']],
      ['moods2', ['view']],
      ['watched', ['constraint', 'default', 'policy', 'trigger']],
    ]);
    expect(['moods', 'watched', 'twice', 'invoke_model'].every((name) => reach.names.has(name))).toBe(true);
    expect(reach.names.has('unrelated')).toBe(false);
  });
});

describe('function facts', () => {
  it('describe a wrapper', async () => {
    const { functions } = await load(admin, { functions: ['mood_of'] });
    expect(functions.get('mood_of')).toMatchObject([
      {
        schema: 'app',
        name: 'mood_of',
        kind: 'function',
        language: 'sql',
        volatility: 'stable',
        strict: true,
        securityDefiner: false,
        returnsSet: false,
        hasSettings: false,
        owner: 'postgres',
        arguments: [
          { name: 't', mode: 'in', type: 'text', default: null },
          { name: 'lang', mode: 'in', type: 'text', default: `'en'::text` },
        ],
        returnType: 'character varying',
        resultColumns: null,
        body: ' SELECT (aws_comprehend.detect_sentiment(t, lang)).sentiment ',
        reachesMl: true,
      },
      { schema: 'other', reachesMl: false },
    ]);
  });

  it('give the statements of bodies that are stored parsed', async () => {
    const { functions } = await load(admin, { functions: ['atomic', 'returning_it'] });
    expect(functions.get('atomic')?.[0]).toMatchObject({
      returnsSet: true,
      resultColumns: [
        { name: 'mood', type: 'character varying' },
        { name: 'c', type: 'real' },
      ],
    });
    expect(functions.get('atomic')?.[0]?.body?.trim()).toMatch(
      /^SELECT s\.sentiment,\s+s\.confidence\s+FROM [\s\S]*;$/,
    );
    expect(functions.get('returning_it')?.[0]?.body).toMatch(/^SELECT\s+mood_of\(t\)$/);
  });

  it('give the columns of results, modes and settings', async () => {
    const { functions } = await load(admin, { functions: ['predict', 'pairs', 'score', 'count', 'row_number'] });
    expect(functions.get('predict')).toMatchObject([
      {
        securityDefiner: true,
        hasSettings: true,
        returnType: 'forecast',
        arguments: [
          { name: 'cash', mode: 'variadic', type: 'numeric[]' },
          { name: 'prediction', mode: 'out', type: 'forecast' },
        ],
        resultColumns: [
          { name: 'six_month', type: 'real' },
          { name: 'risk', type: 'double precision' },
        ],
      },
    ]);
    expect(functions.get('pairs')?.[0]).toMatchObject({
      returnType: 'record',
      resultColumns: [
        { name: 'a', type: 'integer' },
        { name: 'b', type: 'text' },
      ],
    });
    expect(functions.get('score')?.[0]).toMatchObject({
      kind: 'procedure',
      language: 'plpgsql',
      body: null,
      reachesMl: true,
    });
    expect(functions.get('count')?.[0]?.kind).toBe('aggregate');
    expect(functions.get('row_number')?.[0]?.kind).toBe('window');
  });

  it('show invoke_endpoint as the one function of the documentation', async () => {
    const { functions } = await load(caller, { functions: ['invoke_endpoint', 'detect_sentiment', 'nonesuch'] });
    expect(functions.get('invoke_endpoint')).toHaveLength(1);
    expect(functions.get('invoke_endpoint')?.[0]).toMatchObject({
      reachesMl: true,
      returnType: 'character varying',
      arguments: [
        { name: 'endpoint_name', mode: 'in' },
        { name: 'max_rows_per_batch', mode: 'in' },
        { name: 'model_input', mode: 'variadic', type: '"any"' },
        { name: 'model_output', mode: 'out' },
      ],
    });
    expect(functions.get('detect_sentiment')?.[0]?.resultColumns?.map((c) => c.name)).toEqual([
      'sentiment',
      'confidence',
    ]);
    expect(functions.get('nonesuch')).toEqual([]);
  });
});

describe('relation facts', () => {
  const relation = (name: string, of?: string) => ({ schema: of, name });

  it('follow the search path', async () => {
    await caller.query('SET search_path = other, app');
    const { relations } = await load(caller, {
      relations: [relation('reviews'), relation('reviews', 'app'), relation('nonesuch')],
    });
    expect(relations.get(relationKey(undefined, 'reviews'))).toMatchObject({ schema: 'app' });
    await admin.query('GRANT USAGE ON SCHEMA other TO caller');
    const again = await load(caller, { relations: [relation('reviews')] });
    expect(again.relations.get(relationKey(undefined, 'reviews'))).toMatchObject({ schema: 'other' });
    expect(relations.get(relationKey('app', 'reviews'))).toMatchObject({
      kind: 'table',
      owner: 'postgres',
      rowSecurity: false,
      columns: [
        { name: 'id', type: 'integer', typeOid: 23, typeModifier: -1, composite: false },
        { name: 'body', type: 'text', typeOid: 25 },
        { name: 'price', type: 'numeric(8,2)', typeOid: 1700, typeModifier: 524294 },
      ],
    });
    expect(relations.get(relationKey(undefined, 'nonesuch'))).toBeNull();
    await caller.query('RESET search_path');
  });

  it('give the definition of views that reach an ML function, and whether it may stand in for the view', async () => {
    const wanted = {
      relations: [
        relation('moods', 'app'),
        relation('no_moods', 'app'),
        relation('stored', 'app'),
        relation('forecast', 'app'),
      ],
    };
    const mine = (await load(admin, wanted)).relations;
    expect(mine.get(relationKey('app', 'moods'))?.mlView?.definition).toMatch(/mood_of\(/);
    expect(mine.get(relationKey('app', 'moods'))?.mlView?.expandable).toBe(true);
    expect(mine.get(relationKey('app', 'no_moods'))?.mlView).toBeUndefined();
    expect(mine.get(relationKey('app', 'stored'))).toMatchObject({ kind: 'materialized view' });
    expect(mine.get(relationKey('app', 'stored'))?.mlView).toBeUndefined();
    expect(mine.get(relationKey('app', 'forecast'))).toMatchObject({
      kind: 'composite type',
      columns: [{ name: 'six_month' }, { name: 'risk' }],
    });
    const theirs = (await load(caller, wanted)).relations;
    expect(theirs.get(relationKey('app', 'moods'))?.mlView?.expandable).toBe(false);
  });

  it('tell whether row-level security holds for the role', async () => {
    const wanted = { relations: [relation('watched', 'app')] };
    const key = relationKey('app', 'watched');
    expect((await load(admin, wanted)).relations.get(key)?.rowSecurity).toBe(false);
    expect((await load(caller, wanted)).relations.get(key)?.rowSecurity).toBe(true);
  });
});

describe('session facts', () => {
  it('are those of the current role and transaction', async () => {
    await admin.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await admin.query(`SET LOCAL ROLE caller; SET LOCAL statement_timeout = '2s'; SET LOCAL search_path = app`);
    const facts = await read(admin, loadSessionFacts);
    await admin.query('ROLLBACK');
    expect(facts).toMatchObject({
      role: 'caller',
      superuser: false,
      searchPath: ['pg_catalog', 'app'],
      hasTemporaryObjects: false,
      extensionVersion: '2.0',
      functionMigration: true,
      transactionIsolation: 'repeatable read',
      readOnly: true,
      inRecovery: false,
      statementTimeout: 2000,
      refusedTextSetting: null,
    });
    const [row] = await admin.query(`SELECT proname FROM pg_proc WHERE oid = ${facts.principalInvokeEndpoint}`);
    expect(row).toEqual(['invoke_endpoint']);
  });

  it('can be read by a role that may not use the schemas', async () => {
    await admin.query('REVOKE USAGE ON SCHEMA aws_comprehend, aws_sagemaker FROM PUBLIC');
    expect(await read(caller, loadSessionFacts)).toMatchObject({ extensionVersion: '2.0' });
    expect((await load(caller, { functions: ['invoke_endpoint', 'mood_of'] })).functions.get('mood_of')).toHaveLength(
      2,
    );
    await admin.query('GRANT USAGE ON SCHEMA aws_comprehend, aws_sagemaker TO PUBLIC');
  });

  it('are the same from the function of the extension', async () => {
    for (const session of [admin, caller]) {
      const asked = await read(session, loadSessionFacts);
      expect(asked.hasFactsFunction).toBe(true);
      expect(await read(session, (connection) => loadSessionFacts(connection, true))).toEqual(asked);
    }
  });

  it('tell a function of another version from the one that is wanted', async () => {
    await admin.query('BEGIN');
    await admin.query(
      `CREATE OR REPLACE FUNCTION _aws_ml.session_facts() RETURNS jsonb LANGUAGE sql AS 'SELECT NULL::jsonb'`,
    );
    expect((await read(admin, loadSessionFacts)).hasFactsFunction).toBe(false);
    await admin.query('ROLLBACK');
  });

  it('say what the role may call', async () => {
    expect([...(await read(admin, loadSessionFacts)).executable].sort()).toEqual(
      mlFunctions.map((f) => f.qualifiedName).sort(),
    );
    const may = async () => [...(await read(caller, loadSessionFacts)).executable].sort();
    const before = await may();
    await admin.query('GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO caller');
    expect(await may()).toEqual([...new Set([...before, 'aws_comprehend.detect_sentiment'])].sort());
    await admin.query('REVOKE USAGE ON SCHEMA aws_comprehend FROM PUBLIC');
    expect(await may()).toEqual(before.filter((name) => name !== 'aws_comprehend.detect_sentiment'));
    await admin.query('GRANT USAGE ON SCHEMA aws_comprehend TO PUBLIC');
    await admin.query('REVOKE EXECUTE ON FUNCTION aws_comprehend.detect_sentiment FROM caller');
  });

  it('tell the version of the extension', async () => {
    const session = await openSession(await createTestDatabase());
    const version = async () => (await read(session, loadSessionFacts)).extensionVersion;
    expect(await version()).toBeNull();
    await session.query(installScript('aws_ml', { cascade: true, version: '1.0' }));
    expect(await version()).toBe('1.0');
    await session.query(updateScript('aws_ml', undefined));
    expect(await version()).toBe('2.0');
    await session.end();
  });

  it('see temporary objects only as long as there are some', async () => {
    const has = async () => (await read(admin, loadSessionFacts)).hasTemporaryObjects;
    await admin.query('CREATE TEMP TABLE reviews (x int)');
    expect(await has()).toBe(true);
    await admin.query('DROP TABLE pg_temp.reviews');
    expect(await has()).toBe(false);
  });
});

describe('type facts', () => {
  it('tell arrays, domains and rows apart', async () => {
    const types = await read(admin, (connection) => loadTypes(connection, [25, 1007, 16, 4294967295]));
    expect(types.get(25)).toEqual({ oid: 25, name: 'text', kind: 'base', elementType: null, baseType: null });
    expect(types.get(1007)).toMatchObject({ name: 'integer[]', elementType: 23 });
    expect(types.has(4294967295)).toBe(false);
  });
});

describe('the cache', () => {
  it('answers without the server what it has loaded', async () => {
    const cache = new CatalogCache();
    const session = await read(admin, loadSessionFacts);
    const wanted = { functions: ['mood_of'], relations: [{ schema: 'app', name: 'moods' }] };
    const first = await read(admin, (connection) => cache.facts(connection, session, wanted));
    const offline = new Proxy(admin.connection, {
      get: () => {
        throw new Error('asked the server');
      },
    });
    const second = await cache.facts(offline, session, wanted);
    expect(second.functions.get('mood_of')).toEqual(first.functions.get('mood_of'));
  });

  it('notices what others change', async () => {
    const cache = new CatalogCache();
    const body = async () => {
      cache.see((await read(admin, loadSessionFacts)).catalogVersion);
      return (await load(admin, { functions: ['changing'] }, cache)).functions.get('changing')?.[0]?.body;
    };
    expect(await body()).toBeUndefined();
    await database.admin.query(`CREATE FUNCTION changing() RETURNS int LANGUAGE sql AS 'SELECT 1'`);
    expect(await body()).toBe('SELECT 1');
    await database.admin.query(`CREATE OR REPLACE FUNCTION changing() RETURNS int LANGUAGE sql AS 'SELECT 2'`);
    expect(await body()).toBe('SELECT 2');
    const version = cache.version;
    expect(await body()).toBe('SELECT 2');
    expect(cache.version).toBe(version);
    await database.admin.query('DROP FUNCTION changing()');
    expect(await body()).toBeUndefined();
  });

  it('keeps roles, search paths and sessions with temporary objects apart', async () => {
    const cache = new CatalogCache();
    const wanted = { relations: [{ schema: undefined, name: 'reviews' }] };
    const schemaSeen = async (session: Session) =>
      (await load(session, wanted, cache)).relations.get(relationKey(undefined, 'reviews'))?.schema;
    await admin.query('SET search_path = app');
    expect(await schemaSeen(admin)).toBe('app');
    await admin.query('SET search_path = other');
    expect(await schemaSeen(admin)).toBe('other');
    await admin.query('CREATE TEMP TABLE reviews (x int)');
    expect(await schemaSeen(admin)).toMatch(/^pg_temp/);
    await admin.query('DROP TABLE pg_temp.reviews');
    expect(await schemaSeen(admin)).toBe('other');
  });

  it.each(['ALTER TABLE app.plain ADD COLUMN more int', 'CREATE VIEW app.another AS SELECT 1', 'DROP TABLE app.plain'])(
    'has another version after %s',
    async (sql) => {
      const before = (await read(caller, loadSessionFacts)).catalogVersion;
      await admin.query(sql);
      expect((await read(caller, loadSessionFacts)).catalogVersion).not.toBe(before);
    },
  );
});
