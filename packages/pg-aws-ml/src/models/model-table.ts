import type { ServerConnection } from '../server/server-connection.js';
import { internalSchema } from '../stubs/names.js';
import type { ModelState } from '../stubs/sql/models.js';
import type { Model, ModelProgress, ModelSpec } from './model-spec.js';

/** Of the table, and of what others see of it: what `factsOf` reads. */
export const factColumns = `m.id, m.schema_name, m.model_name, m.owner, m.signature, m.spec, m.state, m.stage, m.progress, m.error,
  pg_catalog.extract('epoch', m.created_at)::pg_catalog.float8`;

const columns = `${factColumns}, pg_catalog.extract('epoch', m.changed_at)::pg_catalog.float8,
  (SELECT i.id FROM ${internalSchema}.model_installation i)`;

type Row = readonly (string | null)[];

export function factsOf(row: Row): Omit<Model, 'changedAt' | 'installation'> {
  const text = (i: number) => row[i] ?? '';
  return {
    id: text(0),
    schema: text(1),
    name: text(2),
    owner: text(3),
    signature: text(4),
    spec: JSON.parse(text(5)) as ModelSpec,
    state: text(6) as ModelState,
    stage: text(7),
    progress: JSON.parse(text(8)) as ModelProgress,
    error: row[9] ?? undefined,
    createdAt: new Date(Number(text(10)) * 1000),
  };
}

const modelOf = (row: Row): Model => ({
  ...factsOf(row),
  changedAt: new Date(Number(row[11] ?? '') * 1000),
  installation: row[12] ?? '',
});

/** The first by its name ($2), of a schema ($1) or in the session's search path. */
export const byName = `m.model_name = $2
       AND CASE WHEN $1::pg_catalog.text IS NULL THEN m.schema_name = ANY (pg_catalog.current_schemas(true)) ELSE m.schema_name = $1 END
     ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(true), m.schema_name) LIMIT 1`;

/** The model, where the role owns it. */
export async function readModel(connection: ServerConnection, id: string): Promise<Model | undefined> {
  const { rows } = await connection.run(`SELECT ${columns} FROM ${internalSchema}.model m WHERE m.id = $1`, {
    values: [id],
  });
  return rows[0] && modelOf(rows[0]);
}

/** By its name, in the session's search path: of the role's own, dropped ones left out. */
export async function findModel(
  connection: ServerConnection,
  schema: string | undefined,
  name: string,
): Promise<Model | undefined> {
  const { rows } = await connection.run(
    `SELECT ${columns} FROM ${internalSchema}.model m WHERE m.state <> 'dropping' AND ${byName}`,
    { values: [schema ?? null, name] },
  );
  return rows[0] && modelOf(rows[0]);
}

/** Those of the role's own that something is still to be done for. */
export async function unfinishedModels(connection: ServerConnection): Promise<readonly Model[]> {
  const { rows } = await connection.run(
    `SELECT ${columns} FROM ${internalSchema}.model m WHERE m.state NOT IN ('ready', 'failed') ORDER BY m.created_at`,
  );
  return rows.map(modelOf);
}

export interface NewModel {
  readonly schema: string;
  readonly name: string;
  readonly signature: string;
  readonly spec: ModelSpec;
  readonly state: ModelState;
}

/** @returns its id, which is new */
export async function insertModel(connection: ServerConnection, model: NewModel): Promise<string> {
  const { rows } = await connection.run(
    `INSERT INTO ${internalSchema}.model (id, schema_name, model_name, signature, spec, state)
     VALUES (pg_catalog.substr(pg_catalog.md5(pg_catalog.gen_random_uuid()::pg_catalog.text), 1, 12), $1, $2, $3, $4, $5)
     RETURNING id`,
    { values: [model.schema, model.name, model.signature, JSON.stringify(model.spec), model.state] },
  );
  return rows[0]?.[0] ?? '';
}

export interface ModelChange {
  readonly state?: ModelState;
  readonly stage?: string;
  readonly progress?: ModelProgress;
  readonly error?: string;
  readonly explanation?: unknown;
}

export async function changeModel(connection: ServerConnection, id: string, change: ModelChange): Promise<void> {
  const { state, stage, progress, error, explanation } = change;
  await connection.run(
    `UPDATE ${internalSchema}.model SET state = coalesce($2, state), stage = coalesce($3, stage),
       progress = coalesce($4::pg_catalog.jsonb, progress), error = coalesce($5, error),
       explanation = coalesce($6::pg_catalog.jsonb, explanation), changed_at = pg_catalog.clock_timestamp()
     WHERE id = $1`,
    {
      values: [
        id,
        state ?? null,
        stage ?? null,
        progress === undefined ? null : JSON.stringify(progress),
        error ?? null,
        explanation === undefined ? null : JSON.stringify(explanation),
      ],
    },
  );
}

export async function deleteModel(connection: ServerConnection, id: string): Promise<void> {
  await connection.run(`DELETE FROM ${internalSchema}.model WHERE id = $1`, { values: [id] });
}

/** One step of a model at a time, in whichever process: until the transaction ends. */
const lockKey = `pg_catalog.hashtextextended('${internalSchema}.model', 0) # pg_catalog.hashtextextended($1, 0)`;

/** False where somebody else has it. */
export async function tryLockModel(connection: ServerConnection, id: string): Promise<boolean> {
  const { rows } = await connection.run(`SELECT pg_catalog.pg_try_advisory_xact_lock(${lockKey})`, { values: [id] });
  return rows[0]?.[0] === 't';
}

/** Waits until nobody else has it. */
export async function lockModel(connection: ServerConnection, id: string): Promise<void> {
  await connection.run(`SELECT pg_catalog.pg_advisory_xact_lock(${lockKey})`, { values: [id] });
}
