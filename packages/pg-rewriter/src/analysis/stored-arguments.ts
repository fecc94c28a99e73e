import { type Node, nameParts } from '../ast/node.js';

/** The type to which PostgreSQL casts the model inputs of invoke_endpoint that are no texts. */
export const endpointArgumentType = ['_aws_ml', 'argument'] as const;

/**
 * Model inputs as somebody wrote them. In the definitions of views and functions PostgreSQL shows them as it has
 * resolved the call: each with the cast that was implied, and those of a VARIADIC parameter as an array.
 *
 * Before: aws_sagemaker.invoke_endpoint('e', 1, VARIADIC ARRAY[(a)::_aws_ml.argument, (b)::_aws_ml.argument])
 * After:  aws_sagemaker.invoke_endpoint('e', 1, a, b)
 */
export function asWritten(rest: readonly Node[], variadic: boolean): { rest: readonly Node[]; variadic: boolean } {
  const last = rest.at(-1);
  if (!variadic || last === undefined) return { rest: rest.map(withoutCast), variadic };
  const elements = 'A_ArrayExpr' in last ? (last.A_ArrayExpr.elements ?? []) : [];
  // An array that somebody has written has elements of one type.
  const implied =
    elements.length > 0 && elements.every((e) => isCastTo(e, endpointArgumentType) || isCastTo(e, bpchar));
  if (!implied) return { rest: [...rest.slice(0, -1), withoutCast(last)], variadic };
  return { rest: [...rest.slice(0, -1), ...elements.map(withoutCast)], variadic: false };
}

const bpchar = ['bpchar'] as const;

function withoutCast(node: Node): Node {
  return isCastTo(node, endpointArgumentType) && 'TypeCast' in node ? (node.TypeCast.arg ?? node) : node;
}

const isCastTo = (node: Node, type: readonly string[]): boolean =>
  'TypeCast' in node && nameParts(node.TypeCast.typeName?.names).join('.') === type.join('.');
