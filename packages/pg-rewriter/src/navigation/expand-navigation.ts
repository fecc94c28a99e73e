import { outputName } from '../analysis/output-name.js';
import { MissingFacts, PlanContext } from '../analysis/plan-context.js';
import { castTo, columnRef, functionCall, rangeSubselect, stringNode, target } from '../ast/build.js';
import type { Alias, Node, RangeFunction, RangeSubselect, RangeVar, SelectStmt } from '../ast/node.js';
import { asSelect, nameParts, targetValue } from '../ast/node.js';
import { mapFields, mapNodes } from '../ast/walk.js';
import type { CatalogFacts } from '../catalog/facts.js';
import { UNNEST } from './at-index.js';
import { expressionType, isStep } from './expression-type.js';
import { type ColumnTypes, namesOf, renamed, Scope, type Source } from './scope.js';
import { type Domain, domainOf, textOf, valueAs } from './typed-values.js';

/** What became of a statement that may navigate into SUPER values. */
export type Navigation =
  | { readonly kind: 'expanded'; readonly node: Node }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'needs-facts'; readonly missing: MissingFacts }
  /** A name in double quotes stands where a string is meant. */
  | { readonly kind: 'quoted'; readonly name: string; readonly location: number };

class QuotedString extends Error {
  constructor(
    readonly quotedName: string,
    readonly location: number,
  ) {
    super('a string in double quotes');
  }
}

/**
 * Redshift's navigation into SUPER values, for jsonb columns: `prediction.labels[0]`, comparisons of such values with
 * numbers and strings, and FROM over their elements. Only what PostgreSQL is certain to refuse is given a meaning: a name
 * whose first part is no relation in scope, but a jsonb column.
 *
 * @param sql any text that contains the statement's names
 */
export function expandNavigation(node: Node, sql: string, facts: CatalogFacts): Navigation {
  try {
    const ctx = new PlanContext(facts, sql);
    ctx.requireFacts(node);
    const expansion = new Expansion(ctx);
    const expanded = expansion.statement(node);
    return expansion.found ? { kind: 'expanded', node: expanded } : { kind: 'unchanged' };
  } catch (error) {
    if (error instanceof MissingFacts) return { kind: 'needs-facts', missing: error };
    if (error instanceof QuotedString) return { kind: 'quoted', name: error.quotedName, location: error.location };
    throw error;
  }
}

type Expanded = { readonly select: SelectStmt; readonly columns: ColumnTypes | undefined };

class Expansion {
  readonly #ctx: PlanContext;
  /** Values within SUPER values, as they are written now. */
  readonly #values = new WeakSet<object>();
  /** Whether there was any navigation. */
  found = false;

  constructor(ctx: PlanContext) {
    this.#ctx = ctx;
  }

  statement(node: Node): Node {
    return this.#map(node, new Scope());
  }

  #map<T>(value: T, scope: Scope): T {
    return mapNodes(value, (node) => this.#visit(node, scope));
  }

  #visit(node: Node, scope: Scope): Node | undefined {
    if ('SelectStmt' in node) return { SelectStmt: this.#select(node.SelectStmt, scope).select };
    if ('ColumnRef' in node) return this.#column(node, scope);
    if ('A_Indirection' in node) return this.#indirection(node, scope);
    if ('A_Expr' in node) return this.#operation(node, scope);
    if ('TypeCast' in node) return this.#cast(node, scope);
    if ('FuncCall' in node) return this.#aggregate(node, scope);
    if ('ResTarget' in node) return this.#target(node, scope);
    if ('UpdateStmt' in node) {
      const { relation, fromClause } = node.UpdateStmt;
      return this.#write(node, 'UpdateStmt', relation, 'fromClause', fromClause, scope);
    }
    if ('DeleteStmt' in node) {
      const { relation, usingClause } = node.DeleteStmt;
      return this.#write(node, 'DeleteStmt', relation, 'usingClause', usingClause, scope);
    }
    return undefined;
  }

  /** UPDATE and DELETE, whose expressions see what they write and what stands beside it. */
  #write(
    node: Node,
    tag: 'UpdateStmt' | 'DeleteStmt',
    relation: RangeVar | undefined,
    clause: string,
    items: readonly Node[] | undefined,
    scope: Scope,
  ): Node {
    const inner = new Scope(scope);
    const { withClause, ...rest } = (node as Record<string, unknown>)[tag] as Record<string, unknown>;
    const ctes = this.#with(withClause as SelectStmt['withClause'], inner);
    if (relation !== undefined) inner.add(this.#relationSource(relation, inner));
    const from = items?.map((item) => this.#item(item, inner));
    const others = mapFields({ ...rest, relation: undefined, [clause]: undefined }, (n) => this.#visit(n, inner));
    const statement = {
      ...others,
      ...(relation && { relation }),
      ...(from && { [clause]: from }),
      ...(ctes && { withClause: ctes }),
    };
    return { [tag]: withoutUndefined(statement) } as unknown as Node;
  }

  #select(select: SelectStmt, outer: Scope): Expanded {
    const scope = new Scope(outer);
    const { withClause, larg, rarg, fromClause, ...rest } = select;
    const ctes = this.#with(withClause, scope);
    const left = larg === undefined ? undefined : this.#select(larg, scope);
    const right = rarg === undefined ? undefined : this.#select(rarg, scope);
    const from = fromClause?.map((item) => this.#item(item, scope));
    const others = mapFields(rest, (node) => this.#visit(node, scope));
    const out: SelectStmt = {
      ...others,
      ...(ctes && { withClause: ctes }),
      ...(left && { larg: left.select }),
      ...(right && { rarg: right.select }),
      ...(from && { fromClause: from }),
    };
    return { select: out, columns: left?.columns ?? this.#outputs(select, out, scope) };
  }

  #with(clause: SelectStmt['withClause'], scope: Scope): SelectStmt['withClause'] {
    if (clause === undefined) return undefined;
    const ctes = clause.ctes?.map((node): Node => {
      if (!('CommonTableExpr' in node)) return node;
      const { ctename = '', ctequery, aliascolnames } = node.CommonTableExpr;
      const select = asSelect(ctequery);
      // One that is recursive sees itself, with columns that aren't known yet.
      if (clause.recursive) scope.addCte(ctename, undefined);
      if (select === undefined) {
        scope.addCte(ctename, undefined);
        return this.#map(node, scope);
      }
      const expanded = this.#select(select, scope);
      scope.addCte(ctename, renamed(expanded.columns, nameParts(aliascolnames)));
      return { CommonTableExpr: { ...node.CommonTableExpr, ctequery: { SelectStmt: expanded.select } } };
    });
    return { ...clause, ...(ctes && { ctes }) };
  }

  /** Names and types of what a query returns; undefined where they can't be told. */
  #outputs(written: SelectStmt, expanded: SelectStmt, scope: Scope): ColumnTypes | undefined {
    if (written.valuesLists !== undefined) return undefined;
    const columns = new Map<string, string | undefined>();
    for (const [i, item] of (written.targetList ?? []).entries()) {
      const value = targetValue(item);
      if (value === undefined || !('ResTarget' in item)) return undefined;
      if ('ColumnRef' in value && nameParts(value.ColumnRef.fields).at(-1) === '*') {
        const stars = starOf(nameParts(value.ColumnRef.fields), scope);
        if (stars === undefined) return undefined;
        for (const [name, type] of stars) columns.set(name, type);
        continue;
      }
      const now = targetValue(expanded.targetList?.[i]) ?? value;
      const type = this.#values.has(now) ? 'jsonb' : expressionType(value, scope, this.#ctx);
      columns.set(item.ResTarget.name ?? outputName(value), type);
    }
    return columns;
  }

  /** An entry of FROM, which those behind it see. */
  #item(item: Node, scope: Scope): Node {
    if ('JoinExpr' in item) {
      const { larg, rarg, quals, ...join } = item.JoinExpr;
      const left = larg && this.#item(larg, scope);
      const right = rarg && this.#item(rarg, scope);
      const on = quals && this.#map(quals, scope);
      return {
        JoinExpr: { ...join, ...(left && { larg: left }), ...(right && { rarg: right }), ...(on && { quals: on }) },
      };
    }
    if ('RangeVar' in item) return this.#relation(item.RangeVar, item, scope);
    if ('RangeSubselect' in item) return this.#subquery(item.RangeSubselect, scope);
    if ('RangeFunction' in item) return this.#function(item.RangeFunction, item, scope);
    const alias = Object.values(item as unknown as Record<string, { alias?: Alias }>)[0]?.alias?.aliasname;
    const mapped = this.#map(item, scope);
    if (alias !== undefined) scope.add({ alias, schema: undefined, columns: undefined, isUnnested: false });
    return mapped;
  }

  /** A relation; or, where there is none of the name, the elements of a value: `p.prediction.labels AS label`. */
  #relation(range: RangeVar, item: Node, scope: Scope): Node {
    const { catalogname, schemaname, relname = '', alias } = range;
    const names = [catalogname, schemaname, relname].filter((name) => name !== undefined);
    // A name with a database in front is a relation only if that is the current one.
    const mayBeValue = catalogname !== undefined || (names.length > 1 && this.#ctx.relation(range) === null);
    const meaning = mayBeValue ? scope.meaning(names) : undefined;
    const isValue = meaning?.kind === 'navigation' || (meaning?.kind === 'column' && meaning.type === 'jsonb');
    if (!isValue) {
      scope.add(this.#relationSource(range, scope));
      return item;
    }
    return this.#unnest(columnRef(...names), alias?.aliasname ?? relname, undefined, scope);
  }

  #relationSource(range: RangeVar, scope: Scope): Source {
    const { schemaname, relname = '', alias } = range;
    const cte = scope.cte(range);
    const fact = cte === undefined ? this.#ctx.requiredRelation(range) : null;
    const columns =
      cte === undefined ? fact && new Map(fact.columns.map(({ name, type }) => [name, type])) : cte.columns;
    return {
      alias: alias?.aliasname ?? relname,
      schema: alias === undefined ? schemaname : undefined,
      columns: renamed(columns ?? undefined, nameParts(alias?.colnames)),
      isUnnested: false,
    };
  }

  #subquery(range: RangeSubselect, scope: Scope): Node {
    const select = asSelect(range.subquery);
    // Only LATERAL sees the entries before it.
    const outer = range.lateral ? scope : scope.outer;
    const expanded = select === undefined ? undefined : this.#select(select, outer);
    // Required before PostgreSQL 16, and allowed there.
    const alias = range.alias ?? { aliasname: this.#ctx.freshName('unnamed_subquery') };
    const columns = renamed(expanded?.columns, nameParts(alias.colnames));
    scope.add({ alias: alias.aliasname ?? '', schema: undefined, columns, isUnnested: false });
    return {
      RangeSubselect: { ...range, alias, ...(expanded && { subquery: { SelectStmt: expanded.select } }) },
    };
  }

  #function(range: RangeFunction, item: Node, scope: Scope): Node {
    const [first] = range.functions ?? [];
    const call = first !== undefined && 'List' in first ? first.List.items?.[0] : undefined;
    const names = call !== undefined && 'FuncCall' in call ? nameParts(call.FuncCall.funcname) : [];
    const aliasNames = nameParts(range.alias?.colnames);
    if (call !== undefined && 'FuncCall' in call && names.at(-1) === UNNEST) {
      const [path] = call.FuncCall.args ?? [];
      if (path !== undefined && expressionType(path, scope, this.#ctx) === 'jsonb')
        return this.#unnest(path, range.alias?.aliasname ?? '', aliasNames[1], scope);
    }
    const mapped = this.#map(item, scope);
    const alias = range.alias?.aliasname ?? names.at(-1) ?? '';
    const type = call === undefined ? undefined : expressionType(call, scope, this.#ctx);
    // A function with one column names it by its alias.
    const columns = type === 'jsonb' ? new Map([[aliasNames[0] ?? alias, type]]) : undefined;
    scope.add({ alias, schema: undefined, columns, isUnnested: false });
    return mapped;
  }

  /** The elements of an array as rows: `label` and, where it is asked for, `index`, which counts from 0. */
  #unnest(path: Node, alias: string, index: string | undefined, scope: Scope): Node {
    this.found = true;
    const value = this.#map(path, scope);
    const elements = this.#ctx.freshName('elements');
    const isArray: Node = {
      CaseExpr: {
        arg: functionCall(['pg_catalog', 'jsonb_typeof'], [value]),
        // What is no array has no elements.
        args: [{ CaseWhen: { expr: { A_Const: { sval: { sval: 'array' } } }, result: value } }],
      },
    };
    const range: Node = {
      RangeFunction: {
        functions: [{ List: { items: [functionCall(['pg_catalog', 'jsonb_array_elements'], [isArray]), {} as Node] } }],
        ordinality: true,
        alias: { aliasname: elements, colnames: [stringNode('value'), stringNode('ordinality')] },
      },
    };
    const zeroBased: Node = {
      A_Expr: {
        kind: 'AEXPR_OP',
        name: [stringNode('-')],
        lexpr: columnRef(elements, 'ordinality'),
        rexpr: { A_Const: { ival: { ival: 1 } } },
      },
    };
    const columns = new Map<string, string | undefined>([[alias, 'jsonb']]);
    const targetList = [target(columnRef(elements, 'value'), alias)];
    if (index !== undefined) {
      columns.set(index, 'integer');
      // A subscript of jsonb is no bigint.
      targetList.push(target(castTo(zeroBased, 'int4'), index));
    }
    scope.add({ alias, schema: undefined, columns, isUnnested: true });
    const select: SelectStmt = {
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
      targetList,
      fromClause: [range],
    };
    return rangeSubselect(select, alias, true);
  }

  #column(node: Extract<Node, { ColumnRef: unknown }>, scope: Scope): Node | undefined {
    const names = namesOf(node.ColumnRef.fields);
    const meaning = names === undefined ? undefined : scope.meaning(names);
    if (meaning?.kind === 'column' && meaning.isUnnested && meaning.type === 'jsonb') this.#values.add(node);
    if (names === undefined || meaning?.kind !== 'navigation') return node;
    return this.#step(columnRef(...meaning.column), names.slice(meaning.parts).map(stringNode));
  }

  #indirection(node: Extract<Node, { A_Indirection: unknown }>, scope: Scope): Node | undefined {
    const { arg, indirection = [] } = node.A_Indirection;
    if (arg === undefined) return undefined;
    const isJson = expressionType(arg, scope, this.#ctx) === 'jsonb';
    if (!isJson || !indirection.every(isStep)) return undefined;
    const base = this.#map(arg, scope);
    // Subscripts alone are PostgreSQL's own.
    if (base === arg && !this.#values.has(arg) && !indirection.some((step) => 'String' in step)) return undefined;
    return this.#step(base, this.#map(indirection, scope));
  }

  /** Goes on into a value. */
  #step(base: Node, steps: readonly Node[]): Node {
    this.found = true;
    const before = 'A_Indirection' in base ? base.A_Indirection : { arg: base, indirection: [] };
    const value: Node = {
      A_Indirection: {
        arg: before.arg ?? base,
        indirection: [...(before.indirection ?? []), ...steps.map(asSubscript)],
      },
    };
    this.#values.add(value);
    return value;
  }

  /** Comparisons and arithmetic, with what a value is there. */
  #operation(node: Extract<Node, { A_Expr: unknown }>, scope: Scope): Node | undefined {
    const { lexpr, rexpr, kind, name } = node.A_Expr;
    const left = this.#map(lexpr, scope);
    const right = this.#map(rexpr, scope);
    const sides = [left, ...(right !== undefined && 'List' in right ? (right.List.items ?? []) : [right])];
    const hasValue = sides.some((side) => side !== undefined && this.#values.has(side));
    if (!hasValue) {
      if (left === lexpr && right === rexpr) return node;
      return { A_Expr: { ...node.A_Expr, ...(left && { lexpr: left }), ...(right && { rexpr: right }) } };
    }
    const domain = this.#domain(kind, nameParts(name).at(-1) ?? '', sides, scope);
    const typed = (side: Node | undefined): Node | undefined => {
      if (side === undefined || domain === undefined) return side;
      if ('List' in side) return { List: { items: (side.List.items ?? []).map((item) => typed(item) as Node) } };
      return this.#values.has(side) ? valueAs(side, domain) : side;
    };
    const [l, r] = [typed(left), typed(right)];
    return { A_Expr: { ...node.A_Expr, ...(l && { lexpr: l }), ...(r && { rexpr: r }) } };
  }

  /** As what values are compared; undefined to compare them as they are. */
  #domain(
    kind: string | undefined,
    operator: string,
    sides: readonly (Node | undefined)[],
    scope: Scope,
  ): Domain | undefined {
    if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE' || kind === 'AEXPR_SIMILAR' || operator === '||') return 'text';
    const others = sides.filter((side): side is Node => side !== undefined && !this.#values.has(side));
    for (const other of others) {
      this.#refuseQuoted(other, scope);
      // A parameter takes its type from what it is compared with.
      const domain = 'ParamRef' in other ? 'text' : domainOf(expressionType(other, scope, this.#ctx));
      if (domain !== undefined) return domain;
    }
    return /^[-+*/%^]$/.test(operator) ? 'number' : undefined;
  }

  /** `"True."` is a name: no string, and no column either. */
  #refuseQuoted(node: Node, scope: Scope): void {
    if (!('ColumnRef' in node)) return;
    const names = namesOf(node.ColumnRef.fields);
    const [only = ''] = names ?? [];
    if (names?.length !== 1 || scope.meaning(names).kind !== 'unknown' || !scope.isComplete) return;
    throw new QuotedString(only, node.ColumnRef.location ?? 0);
  }

  /** To a string, without quotes; to what jsonb has no cast to, by way of it. */
  #cast(node: Extract<Node, { TypeCast: unknown }>, scope: Scope): Node | undefined {
    const { arg, typeName } = node.TypeCast;
    const value = this.#map(arg, scope);
    if (value === arg || value === undefined || !this.#values.has(value)) {
      return value === arg || value === undefined ? node : { TypeCast: { ...node.TypeCast, arg: value } };
    }
    const type = nameParts(typeName?.names).at(-1) ?? '';
    const direct = type === 'jsonb' || type === 'json' || ['number', 'boolean'].includes(domainOf(type) ?? '');
    return { TypeCast: { ...node.TypeCast, arg: direct ? value : textOf(value) } };
  }

  /** sum and avg of values: of those that are numbers. */
  #aggregate(node: Extract<Node, { FuncCall: unknown }>, scope: Scope): Node | undefined {
    const { funcname, args } = node.FuncCall;
    if (!['sum', 'avg'].includes(nameParts(funcname).at(-1) ?? '') || args?.length !== 1) return undefined;
    const [value] = this.#map(args, scope);
    if (value === undefined || !this.#values.has(value)) return undefined;
    const { args: _, ...rest } = node.FuncCall;
    const others = mapFields(rest, (inner) => this.#visit(inner, scope));
    return { FuncCall: { ...others, args: [valueAs(value, 'number')] } };
  }

  /** The column keeps the name that it has in Redshift. */
  #target(node: Extract<Node, { ResTarget: unknown }>, scope: Scope): Node | undefined {
    const { val, name } = node.ResTarget;
    if (val === undefined) return undefined;
    const mapped = this.#map(val, scope);
    if (mapped === val) return node;
    const rest = this.#map(node.ResTarget.indirection, scope);
    const named = name ?? outputName(val);
    return { ResTarget: { ...node.ResTarget, val: mapped, name: named, ...(rest && { indirection: rest }) } };
  }
}

/** A name becomes a subscript. */
const asSubscript = (step: Node): Node =>
  'String' in step ? { A_Indices: { uidx: { A_Const: { sval: { sval: step.String.sval ?? '' } } } } } : step;

/** What `*` or `t.*` stands for. */
function starOf(names: readonly string[], scope: Scope): ColumnTypes | undefined {
  const sources = names.length === 1 ? scope.sources : scope.sources.filter(({ alias }) => alias === names.at(-2));
  const columns = new Map<string, string | undefined>();
  for (const source of sources) {
    if (source.columns === undefined) return undefined;
    for (const [name, type] of source.columns) columns.set(name, type);
  }
  return columns;
}

const withoutUndefined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
