import { castTo, functionCall } from '../ast/build.js';
import type { Node } from '../ast/node.js';

/** What a value of a SUPER column is compared as. */
export type Domain = 'number' | 'text' | 'boolean';

const NUMBERS: ReadonlySet<string> = new Set(
  'smallint integer bigint numeric real int2 int4 int8 decimal float4 float8 float'
    .split(' ')
    .concat('double precision'),
);
const TEXTS: ReadonlySet<string> = new Set([
  'text',
  'character varying',
  'character',
  'varchar',
  'bpchar',
  'char',
  'name',
]);

/** @param type as format_type writes it, or as a cast names it */
export function domainOf(type: string | undefined): Domain | undefined {
  const name = type?.replace(/\([^)]*\)/, '') ?? '';
  if (NUMBERS.has(name)) return 'number';
  if (TEXTS.has(name)) return 'text';
  return name === 'boolean' || name === 'bool' ? 'boolean' : undefined;
}

const constant = (sval: string): Node => ({ A_Const: { sval: { sval } } });

/** The text of a value: without quotes where it is a string. */
export const textOf = (value: Node): Node => ({
  A_Expr: {
    kind: 'AEXPR_OP',
    name: [{ String: { sval: '#>>' } }],
    lexpr: value,
    rexpr: castTo(constant('{}'), '_text'),
  },
});

const TYPE_NAMES = { number: 'number', text: 'string', boolean: 'boolean' } as const;

/** The value where it is of the domain, else NULL: what is of another type equals nothing. */
export function valueAs(value: Node, domain: Domain): Node {
  const typed = domain === 'text' ? textOf(value) : castTo(value, domain === 'number' ? 'numeric' : 'bool');
  return {
    CaseExpr: {
      arg: functionCall(['pg_catalog', 'jsonb_typeof'], [value]),
      args: [{ CaseWhen: { expr: constant(TYPE_NAMES[domain]), result: typed } }],
    },
  };
}
