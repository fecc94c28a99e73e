import { type FunctionFact, forEachNode, type Node, nameParts } from 'pg-rewriter';
import type { StatementContext } from '../pool-state/statement-context.js';
import { settle } from '../server/transaction.js';

const UNDEFINED_FUNCTION = '42883';

type Call = Extract<Node, { FuncCall: unknown }>['FuncCall'];

/**
 * Says in a hint what doesn't fit where the server has found no function for a call, and there is one of the name through
 * which a model is asked. In a block it is too late to look: it has failed.
 */
export async function explainUnfitCall(context: StatementContext, node: Node, error: unknown): Promise<void> {
  if ((error as { code?: unknown } | undefined)?.code !== UNDEFINED_FUNCTION || context.inBlock) return;
  await settle(context);
  const problems = await unfitCalls(context, node);
  if (problems.length > 0) Object.assign(error as object, { hint: problems.join(' ') });
}

/** What doesn't fit in the first call that fits no function of its name, though one of them asks a model. */
export async function unfitCalls({ connection, session, state }: StatementContext, node: Node): Promise<string[]> {
  const calls: Call[] = [];
  forEachNode(node, (n) => {
    if ('FuncCall' in n) calls.push(n.FuncCall);
  });
  if (calls.length === 0) return [];
  const functions = [...new Set(calls.map(nameOf))];
  const facts = await state.catalog.facts(connection, session, { functions, relations: [] });
  if (!connection.synced) await connection.sync();
  for (const call of calls) {
    const [only, another] = (facts.functions.get(nameOf(call)) ?? []).filter(({ reachesMl }) => reachesMl);
    const problems = only === undefined || another !== undefined ? [] : problemsOf(call, only);
    if (problems.length > 0) return problems;
  }
  return [];
}

const nameOf = ({ funcname }: Call): string => nameParts(funcname).at(-1) ?? '';

function problemsOf({ args = [] }: Call, { name, arguments: all }: FunctionFact): string[] {
  const parameters = all.filter(({ mode }) => mode === 'in' || mode === 'inout');
  if (all.some(({ mode }) => mode === 'variadic') || args.some((arg) => 'NamedArgExpr' in arg)) return [];
  const problems = args.flatMap((arg, i) => quotedColumn(arg, i));
  if (args.length > parameters.length || args.length < parameters.filter((p) => p.default === null).length) {
    const names = new Set(parameters.map((p) => p.name?.toLowerCase()));
    const without = args.map(columnOf).filter((column) => column !== undefined && !names.has(column));
    const which = without.length === 0 ? '' : ` No parameter is called ${without.join(', ')}.`;
    return [
      `The function ${name} takes ${parameters.length} arguments, and is called with ${args.length}.${which}`,
      ...problems,
    ];
  }
  return [...args.flatMap((arg, i) => droppedFraction(arg, i, parameters[i])), ...problems];
}

/** The column of an argument, also where it stands in quotes: `c.state`. */
function columnOf(arg: Node): string | undefined {
  if ('ColumnRef' in arg) return nameParts(arg.ColumnRef.fields).at(-1);
  return quotedName(arg)?.split('.').at(-1);
}

const quotedName = (arg: Node): string | undefined => {
  const text = 'A_Const' in arg ? arg.A_Const.sval?.sval : undefined;
  return text !== undefined && /^[a-z_]\w*\.[a-z_]\w*$/i.test(text) ? text : undefined;
};

const quotedColumn = (arg: Node, i: number): string[] =>
  quotedName(arg) === undefined
    ? []
    : [`Argument ${i + 1} is a string that looks like a column: columns stand without single quotes.`];

const WHOLE: ReadonlySet<string> = new Set(['smallint', 'integer', 'bigint']);

function droppedFraction(arg: Node, i: number, parameter: FunctionFact['arguments'][number] | undefined): string[] {
  if (!('A_Const' in arg) || arg.A_Const.fval === undefined || !WHOLE.has(parameter?.type ?? '')) return [];
  const named = parameter?.name == null ? '' : ` ${parameter.name}`;
  return [
    `Argument ${i + 1} has a fraction, and the parameter${named} is a ${parameter?.type}: declare it as numeric or double precision, and its column as well, or the fraction is lost.`,
  ];
}
