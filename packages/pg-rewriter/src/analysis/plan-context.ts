import type { MlFunction } from 'aws-ml-core/ml-functions';
import { mlFunctionsByName } from 'aws-ml-core/ml-functions';
import { fingerprint } from '../ast/fingerprint.js';
import type { FuncCall, Node, RangeVar } from '../ast/node.js';
import { isNode, nameParts } from '../ast/node.js';
import { forEachNode, RememberedTest } from '../ast/walk.js';
import type { CatalogFacts, FunctionFact, RelationFact } from '../catalog/facts.js';
import { relationKey } from '../catalog/facts.js';
import type { RuleWatch } from '../rule-watch.js';
import { CallOrigins } from './call-origins.js';
import { isAggregateNode } from './rowwise.js';

/** Thrown when planning meets names that the facts don't cover; planning starts again once they do. */
export class MissingFacts extends Error {
  readonly functions: readonly string[];
  readonly relations: readonly { readonly schema: string | undefined; readonly name: string }[];

  constructor(functions: MissingFacts['functions'], relations: MissingFacts['relations']) {
    super('more catalog facts are needed');
    this.name = 'MissingFacts';
    this.functions = functions;
    this.relations = relations;
  }
}

const isNoSubLink = (node: Node): boolean => !('SubLink' in node);

/** What all parts of the planner share while one statement is planned. */
export class PlanContext {
  readonly facts: CatalogFacts;
  /** Wrappers that stand as ML calls of their own (for the migrated statement), by qualified name. */
  readonly #leafWrappers = new Map<string, FunctionFact>();
  /** Whether LANGUAGE SQL wrappers are expanded; the migrated statement that EXPLAIN shows keeps them. */
  readonly expandWrappers: boolean;
  /** Where the calls come from; undefined where nobody counts them. */
  readonly origins: CallOrigins | undefined;
  /** Who watches the rules at work. */
  readonly watch: RuleWatch | undefined;
  /** What `current_query()` shows; undefined where nobody knows. */
  readonly queryText: string | undefined;
  readonly #source: string;
  readonly #mlCalls = new RememberedTest((node) => this.isMlCall(node));
  readonly #volatile = new RememberedTest((node) => this.#isVolatileCall(node));
  readonly #sets = new RememberedTest(
    (node) =>
      'FuncCall' in node && this.overloads(nameParts(node.FuncCall.funcname).at(-1) ?? '').some((f) => f.returnsSet),
    isNoSubLink,
  );
  readonly #aggregates = new RememberedTest(
    (node) => isAggregateNode(node, this) || 'GroupingFunc' in node,
    isNoSubLink,
  );
  readonly #windows = new RememberedTest((node) => 'FuncCall' in node && node.FuncCall.over !== undefined, isNoSubLink);
  readonly #callKeys = new WeakMap<object, readonly string[]>();
  /** Columns of the relations that planning has met, and texts that may stand in the statement's place. */
  readonly #read = new Set<string>();
  #counter = 0;

  constructor(
    facts: CatalogFacts,
    source: string,
    {
      expandWrappers = true,
      countsCalls = false,
      watch,
      queryText,
    }: {
      expandWrappers?: boolean;
      countsCalls?: boolean;
      watch?: RuleWatch | undefined;
      queryText?: string | undefined;
    } = {},
  ) {
    this.queryText = queryText;
    this.watch = watch;
    this.facts = facts;
    this.#source = source;
    this.expandWrappers = expandWrappers;
    this.origins = countsCalls ? new CallOrigins() : undefined;
  }

  /** A name that the statement's text doesn't contain. */
  freshName(prefix: string): string {
    for (;;) {
      this.#counter += 1;
      const name = `${prefix}_${this.#counter}`;
      if (this.isFree(name)) return name;
    }
  }

  /** Does work whose names nobody will see. */
  withoutNaming<T>(work: () => T): T {
    const counter = this.#counter;
    try {
      return work();
    } finally {
      this.#counter = counter;
    }
  }

  /** Whether nothing that the statement reads can have the name: neither its text, nor what views and functions put in. */
  isFree(name: string): boolean {
    return !this.#source.includes(name) && ![...this.#read].some((text) => text.includes(name));
  }

  relation(range: RangeVar): RelationFact | null {
    return this.facts.relations.get(relationKey(range.schemaname, range.relname ?? '')) ?? null;
  }

  /** @throws MissingFacts where the facts don't cover the relation */
  requiredRelation(range: RangeVar): RelationFact | null {
    const { schemaname: schema, relname: name = '' } = range;
    const fact = this.facts.relations.get(relationKey(schema, name));
    if (fact === undefined) throw new MissingFacts([], [{ schema, name }]);
    return fact;
  }

  overloads(name: string): readonly FunctionFact[] {
    return this.facts.functions.get(name) ?? [];
  }

  /** The ML function that a call names by its qualified name, as `resolve-functions` writes it. */
  mlFunctionOf(call: FuncCall): MlFunction | undefined {
    return mlFunctionsByName.get(nameParts(call.funcname).join('.'));
  }

  /** The fields of a composite type; null for any other type. */
  compositeFields(schema: string | undefined, name: string): string[] | null {
    const fact = this.facts.relations.get(relationKey(schema, name));
    if (fact === undefined) throw new MissingFacts([], [{ schema, name }]);
    return fact?.columns.map((c) => c.name) ?? null;
  }

  /** From now on calls of the wrapper are ML calls. */
  addLeafWrapper(fact: FunctionFact): void {
    const name = `${fact.schema}.${fact.name}`;
    if (this.#leafWrappers.has(name)) return;
    this.#leafWrappers.set(name, fact);
    this.#mlCalls.forget();
    this.#volatile.forget();
  }

  leafWrapperOf(call: FuncCall): FunctionFact | undefined {
    return this.#leafWrappers.get(nameParts(call.funcname).join('.'));
  }

  isMlCall(node: Node): boolean {
    return 'FuncCall' in node && (this.mlFunctionOf(node.FuncCall) ?? this.leafWrapperOf(node.FuncCall)) !== undefined;
  }

  /** Whether an ML call stands anywhere in the tree, subqueries included. */
  hasMlCall(tree: unknown): boolean {
    return this.#mlCalls.holdsIn(tree);
  }

  /** The keys of the distinct ML calls in a tree. */
  mlCallsIn(tree: unknown): readonly string[] {
    if (typeof tree !== 'object' || tree === null || !this.hasMlCall(tree)) return [];
    const known = this.#callKeys.get(tree);
    if (known !== undefined) return known;
    const own = isNode(tree) && 'FuncCall' in tree && this.isMlCall(tree) ? [fingerprint(tree.FuncCall)] : [];
    const parts = [own, ...Object.values(tree).map((child: unknown) => this.mlCallsIn(child))].filter(
      (p) => p.length > 0,
    );
    const [first = []] = parts;
    const keys = parts.length === 1 ? first : [...new Set(parts.flat())];
    this.#callKeys.set(tree, keys);
    return keys;
  }

  isAggregate(call: FuncCall): boolean {
    if (call.over !== undefined) return false;
    if (call.agg_star || call.agg_filter || call.agg_distinct || call.agg_order || call.agg_within_group) return true;
    const parts = nameParts(call.funcname);
    const schema = parts.length > 1 ? parts.at(-2) : undefined;
    return this.overloads(parts.at(-1) ?? '').some(
      (f) => f.kind === 'aggregate' && (schema === undefined || f.schema === schema),
    );
  }

  /** Whether evaluating the expression twice can give two answers, or has effects of its own. ML calls don't count. */
  isVolatile(tree: unknown): boolean {
    return this.#volatile.holdsIn(tree);
  }

  #isVolatileCall(node: Node): boolean {
    if (!('FuncCall' in node) || this.isMlCall(node)) return false;
    const name = nameParts(node.FuncCall.funcname).at(-1) ?? '';
    const overloads = this.overloads(name);
    return overloads.length === 0 || overloads.some((f) => f.volatility === 'volatile');
  }

  returnsSet(tree: unknown): boolean {
    return this.#sets.holdsIn(tree);
  }

  /** Whether rows are aggregated outside of subqueries, or GROUPING asks about groups. */
  hasAggregate(tree: unknown): boolean {
    return this.#aggregates.holdsIn(tree);
  }

  /** Whether a window function is called outside of subqueries. */
  hasWindow(tree: unknown): boolean {
    return this.#windows.holdsIn(tree);
  }

  /** Asks for the facts about every name in the tree that are not there yet. */
  requireFacts(tree: unknown): void {
    const functions = new Set<string>();
    const relations = new Map<string, { schema: string | undefined; name: string }>();
    forEachNode(tree, (node) => {
      if ('FuncCall' in node) functions.add(nameParts(node.FuncCall.funcname).at(-1) ?? '');
      if ('RangeVar' in node) {
        const { schemaname, relname = '' } = node.RangeVar;
        relations.set(relationKey(schemaname, relname), { schema: schemaname, name: relname });
      }
    });
    this.#note(functions, relations.keys());
    const missingFunctions = [...functions].filter((name) => !this.facts.functions.has(name));
    const missingRelations = [...relations].filter(([key]) => !this.facts.relations.has(key)).map(([, r]) => r);
    if (missingFunctions.length > 0 || missingRelations.length > 0) {
      throw new MissingFacts(missingFunctions, missingRelations);
    }
  }

  #note(functions: Iterable<string>, relations: Iterable<string>): void {
    for (const name of functions) {
      for (const { body } of this.overloads(name)) if (body !== null) this.#read.add(body);
    }
    for (const key of relations) {
      const relation = this.facts.relations.get(key);
      for (const column of relation?.columns ?? []) this.#read.add(column.name);
      if (relation?.mlView !== undefined) this.#read.add(relation.mlView.definition);
    }
  }
}
