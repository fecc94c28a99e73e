import type { GrantStmt, Node, ObjectWithArgs } from '@pgsql/types';
import { deparseTree, parseStatement } from 'pg-rewriter';
import { readInvokeEndpointSignatures } from '../natively/overloads.js';
import type { ServerConnection } from '../server/server-connection.js';

/** A GRANT or REVOKE on the function invoke_endpoint: by name alone, or with the documented signature. */
export interface InvokeEndpointGrant {
  readonly statement: GrantStmt;
}

/** Recognises it in a statement that is parsed already. */
export function invokeEndpointGrant(node: Node): InvokeEndpointGrant | undefined {
  if (!('GrantStmt' in node)) return undefined;
  const statement = node.GrantStmt;
  const concerns = statement.targtype === 'ACL_TARGET_OBJECT' && (statement.objects ?? []).some(isInvokeEndpoint);
  return concerns ? { statement } : undefined;
}

/** The statement with every overload in the place of the one function that the user knows. */
export async function reachAllOverloads(connection: ServerConnection, grant: InvokeEndpointGrant): Promise<string> {
  const signatures = await readInvokeEndpointSignatures(connection);
  const overloads = signatures.map((signature) => functionOf(`GRANT EXECUTE ON FUNCTION ${signature} TO PUBLIC`));
  const objects = (grant.statement.objects ?? []).flatMap((object) =>
    isInvokeEndpoint(object) ? overloads : [object],
  );
  // The deparser forgets the word ROUTINE, and a function is one.
  return deparseTree({ GrantStmt: { ...grant.statement, objects, objtype: 'OBJECT_FUNCTION' } });
}

function functionOf(sql: string): Node {
  const node = parseStatement(sql);
  const object = 'GrantStmt' in node ? node.GrantStmt.objects?.[0] : undefined;
  if (object === undefined) throw new Error('one function expected');
  return object;
}

function isInvokeEndpoint(object: Node): boolean {
  if (!('ObjectWithArgs' in object)) return false;
  const [schema, name, ...more] = (object.ObjectWithArgs.objname ?? []).map((n) =>
    'String' in n ? n.String.sval : '',
  );
  if (schema !== 'aws_sagemaker' || name !== 'invoke_endpoint' || more.length > 0) return false;
  return object.ObjectWithArgs.args_unspecified === true || endsInAny(object.ObjectWithArgs);
}

/** `(varchar, int, "any")`, with or without the word VARIADIC. */
function endsInAny({ objargs }: ObjectWithArgs): boolean {
  const last = objargs?.at(-1);
  if (objargs?.length !== 3 || last === undefined || !('TypeName' in last)) return false;
  const name = last.TypeName.names?.at(-1);
  return name !== undefined && 'String' in name && name.String.sval === 'any';
}
