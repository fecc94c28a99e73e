import { findScan, type PlanAnnotations, type PlanLine } from './annotation.js';
import { quoteIdentifier } from './quote-identifier.js';

const FUNCTION_SCAN = /^( *)(-> {2})?((?:Parallel )?Function Scan on )(.*?)( {1,2}\((?:cost|actual|never).*)?$/;
const NAME = /(?:"(?:[^"]|"")*"|[^\s."]+)/g;
/** Lines about the whole statement, below the plan. */
const SUMMARY = /^[A-Z]/;

/** The aliases of the Function Scans in a plan, in its order. */
export const functionScansOfText = (plan: readonly string[]): string[] =>
  plan.flatMap((line) => {
    const target = FUNCTION_SCAN.exec(line)?.[4];
    return target === undefined ? [] : [aliasOf(target)];
  });

/** Adds annotations to a plan in text format, one line an element. */
export function annotateText(plan: readonly string[], annotations: PlanAnnotations, verbose: boolean): string[] {
  const out: string[] = [];
  for (let i = 0; i < plan.length; i++) {
    const line = plan[i] ?? '';
    const [, spaces = '', arrow = '', label = '', target = '', costs = ''] = FUNCTION_SCAN.exec(line) ?? [];
    const alias = aliasOf(target);
    const found = label === '' ? undefined : findScan(annotations, alias);
    if (found === undefined) {
      out.push(line);
      continue;
    }
    const { schema, name, call } = found.scan;
    const names = `${verbose ? `${quoteIdentifier(schema)}.` : ''}${quoteIdentifier(name)}`;
    out.push(`${spaces}${arrow}${label}${names}${alias === name ? '' : ` ${quoteIdentifier(alias)}`}${costs}`);
    const indent = ' '.repeat(spaces.length + (arrow === '' ? 2 : 6));
    while (isDetail(plan[i + 1], indent)) {
      i += 1;
      const detail = plan[i] ?? '';
      const inlined = detail.startsWith(`${indent}Function Call: `) && !found.scan.isMlFunction;
      out.push(inlined ? `${indent}Function Call: ${call}` : detail);
    }
    out.push(...textOf(found.lines).map((text) => indent + text));
  }
  const summary = out.findIndex((line, i) => i > 0 && SUMMARY.test(line));
  out.splice(summary < 0 ? out.length : summary, 0, ...textOf(annotations.statement));
  return out;
}

const textOf = (lines: readonly PlanLine[]): string[] => lines.flatMap(({ text }) => text ?? []);

/** A line about the node itself, not a node below it. */
const isDetail = (line: string | undefined, indent: string): boolean =>
  line?.startsWith(indent) === true && /^(?!->|SubPlan|InitPlan)\S/.test(line.slice(indent.length));

/** `schema.function alias`, the alias left out where it is the function's name. */
const aliasOf = (target: string): string => unquoted(target.match(NAME)?.at(-1) ?? '');

const unquoted = (name: string): string => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name);
