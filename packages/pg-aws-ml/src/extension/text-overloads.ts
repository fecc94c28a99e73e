import type { ServerConnection } from '../server/server-connection.js';
import { ensureInvokeEndpoint } from './overloads.js';

const textOid = 25;
const varcharOid = 1043;
/** Up to so many other parameters, every combination with text gets an overload; above it, each parameter by itself. */
const MAX_COMBINED = 3;

/**
 * Gives every overload of invoke_endpoint its twins with `text` in the place of other types. A quoted constant has no
 * type of its own: where only `(int, int)` fits, PostgreSQL reads `'p'` as an integer, and natively it is text.
 *
 * @returns whether there was one to create
 */
export async function addTextOverloads(connection: ServerConnection): Promise<boolean> {
  const { rows } = await connection.run(
    `SELECT pg_catalog.array_to_string(p.proargtypes::pg_catalog.oid[], ' ') FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = pg_catalog.to_regnamespace('aws_sagemaker') AND p.proname = 'invoke_endpoint'
       AND p.provariadic = 0`,
  );
  const existing = new Set(rows.map(([types]) => withoutFixed(types ?? '').join(' ')));
  const wanted = [...existing].flatMap((key) => textTwins(key.split(' ').map(Number)));
  const missing = wanted.filter((types) => !existing.has(types.join(' ')) && !types.every(isText));
  for (const types of missing) await ensureInvokeEndpoint(connection, types);
  return missing.length > 0;
}

const isText = (oid: number): boolean => oid === textOid || oid === varcharOid;

/** The model inputs: what follows endpoint_name and max_rows_per_batch. */
const withoutFixed = (types: string): string[] => types.split(' ').slice(2);

function textTwins(types: readonly number[]): number[][] {
  const others = types.flatMap((oid, i) => (isText(oid) ? [] : [i]));
  const choices = others.length <= MAX_COMBINED ? subsets(others) : others.map((i) => [i]);
  return choices.map((chosen) => types.map((oid, i) => (chosen.includes(i) ? textOid : oid)));
}

/** The non-empty ones. */
function subsets(items: readonly number[]): number[][] {
  return items.reduce<number[][]>((all, item) => [...all, ...all.map((s) => [...s, item]), [item]], []);
}
