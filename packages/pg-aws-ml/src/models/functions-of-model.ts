import type { ServerConnection } from '../server/server-connection.js';
import { arrayLiteral } from '../stubs/array-literal.js';
import { quoteIdentifier } from '../stubs/quote.js';
import { hasProbabilities, type Model, probabilitiesName } from './model-spec.js';

/**
 * The functions of a model that are there and its owner's, as the server writes them: a row may say what it likes.
 */
export async function functionsOfModel(connection: ServerConnection, model: Model): Promise<string[]> {
  const { spec, signature, owner } = model;
  const signatures = hasProbabilities(spec) ? [signature, probabilitiesSignature(model)] : [signature];
  const { rows } = await connection.run(
    `SELECT p.oid::pg_catalog.regprocedure FROM pg_catalog.unnest($1::pg_catalog.text[]) AS s (signature)
     JOIN pg_catalog.pg_proc p ON p.oid = pg_catalog.to_regprocedure(s.signature)::pg_catalog.oid
     WHERE pg_catalog.pg_get_userbyid(p.proowner) = $2`,
    { values: [arrayLiteral(signatures), owner] },
  );
  return rows.flatMap(([found]) => found ?? []);
}

/** Of the function beside the one that predicts. */
function probabilitiesSignature({ spec, signature }: Model): string {
  const { functionName } = spec;
  const beside = quoteIdentifier(probabilitiesName(functionName));
  return signature.replace(`.${quoteIdentifier(functionName)}(`, () => `.${beside}(`);
}
