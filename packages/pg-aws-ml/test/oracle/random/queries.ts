/** Random statements: sources, the query blocks over them, and blocks as sources of others. */
import fc, { type Arbitrary } from 'fast-check';
import { type Expression, mlExpressions as ml, plainExpressions as plain, type Scope } from './expressions.js';
import type { Topic } from './scenario.js';

interface RandomStatement {
  readonly sql: string;
  /** Whether the order of its rows is defined. */
  readonly ordered: boolean;
}

interface Source {
  readonly from: string;
  readonly scope: Scope;
  /** Expressions that together are different in every row. */
  readonly key: readonly string[];
  readonly with?: string;
}

const columns = (alias: string): Scope => ({
  id: `${alias}.id`,
  text: `${alias}.t`,
  number: `${alias}.n`,
  kind: `${alias}.k`,
});

const reviews: Source = {
  from: 'reviews r',
  scope: { id: 'r.id', text: 'r.body', number: 'r.stars', kind: 'r.lang' },
  key: ['r.id'],
};
const products: Source = {
  from: 'products p',
  scope: { id: 'p.id', text: 'p.name', number: 'p.weight', kind: 'p.category' },
  key: ['p.id'],
};

const tables: Arbitrary<Source> = fc.constantFrom<Source>(
  reviews,
  products,
  {
    from: 'reviews r JOIN products p ON p.id = r.product_id',
    scope: { id: 'r.id', text: 'r.body', number: 'p.id', kind: 'p.category' },
    key: ['r.id'],
  },
  {
    from: 'reviews r LEFT JOIN tickets x ON x.review_id = r.id',
    scope: { id: 'r.id', text: 'x.subject', number: 'r.stars', kind: 'r.lang' },
    key: ['r.id', 'x.id'],
  },
  {
    from: 'products p LEFT JOIN reviews r ON r.product_id = p.id AND r.stars > 3',
    scope: { id: 'p.id', text: 'r.body', number: 'r.stars', kind: 'p.name' },
    key: ['p.id', 'r.id'],
  },
  {
    from: 'review_moods v',
    scope: { id: 'v.id', text: 'v.sentiment', number: 'v.product_id', kind: 'v.sentiment' },
    key: ['v.id'],
  },
);

const limits = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc.constantFrom(' LIMIT 3', ' LIMIT 20', ' LIMIT 5 OFFSET 2', ' OFFSET 4', ' FETCH FIRST 30 ROWS ONLY'),
);

const optional = <T>(arbitrary: Arbitrary<T>, weight = 1): Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight, arbitrary });

/** A block that hands up the four columns of a scope under the names id, t, n and k. */
function handingUp(
  source: Arbitrary<Source>,
): Arbitrary<{ readonly query: string; readonly with: string | undefined }> {
  const expressions = fc.oneof({ weight: 2, arbitrary: fc.constant(plain) }, fc.constant(ml));
  return fc
    .tuple(
      source,
      expressions.chain((e) => fc.record({ text: e.text, number: e.number })),
      optional(fc.oneof(plain.condition, ml.condition)),
      limits,
    )
    .map(([from, list, where, limit]) => {
      const { scope } = from;
      const filter = where === undefined ? '' : ` WHERE ${where(scope)}`;
      const end = limit === '' ? '' : ` ORDER BY ${from.key.join(', ')}${limit}`;
      const targets = `${scope.id} AS id, ${list.text(scope)} AS t, ${list.number(scope)} AS n, ${scope.kind} AS k, row_number() OVER (ORDER BY ${from.key.join(', ')}) AS u`;
      const withoutWindow = `${scope.id} AS id, ${list.text(scope)} AS t, ${list.number(scope)} AS n, ${scope.kind} AS k`;
      const unique = from.key.length === 1;
      return { query: `SELECT ${unique ? withoutWindow : targets} FROM ${from.from}${filter}${end}`, with: from.with };
    });
}

const keyOf = (query: string, alias: string): string[] => [
  query.includes(' AS u FROM ') ? `${alias}.u` : `${alias}.id`,
];

function derived(source: Arbitrary<Source>): Arbitrary<Source> {
  const subquery = handingUp(source).map(({ query, with: within }): Source => {
    return { from: `(${query}) q`, scope: columns('q'), key: keyOf(query, 'q'), ...(within && { with: within }) };
  });
  const cte = handingUp(tables).map(({ query }): Source => {
    return { from: 'c', scope: columns('c'), key: keyOf(query, 'c'), with: `WITH c AS (${query}) ` };
  });
  const joined = handingUp(tables).map(({ query }): Source => {
    const scope = { ...columns('q'), kind: 'p.category' };
    return { from: `(${query}) q JOIN products p ON p.id = q.id`, scope, key: keyOf(query, 'q') };
  });
  const lateral = fc.tuple(tables, plain.text).map(([{ from, scope, key }, text]): Source => {
    const call = `aws_comprehend.detect_sentiment(${text(scope)}, 'en') s`;
    return {
      from: `${from} CROSS JOIN LATERAL ${call}`,
      scope: { ...scope, kind: 's.sentiment', number: 's.confidence' },
      key,
    };
  });
  return fc.oneof(subquery, cte, joined, lateral);
}

const ALL_COLUMNS = ['q.id', 'q.t', 'q.n', 'q.k'];

/** A subquery that stands for itself: predicates above it may go below what it does, or must not. */
function barrier(source: Arbitrary<Source>): Arbitrary<Source> {
  const alone = handingUp(source).map((block) => `${block.with ?? ''}${block.query}`);
  const combined = fc
    .tuple(alone, fc.constantFrom('UNION', 'UNION ALL', 'UNION ALL', 'EXCEPT', 'INTERSECT'), alone)
    .map(([left, operation, right]) => {
      const list = 'SELECT id, t, n, k FROM';
      return `${list} (${left}) z ${operation} ${list} (${right}) z`;
    });
  const written = fc
    .tuple(arms, fc.constantFrom('UNION', 'UNION ALL', 'UNION ALL'), arms)
    .map(([left, operation, right]) => `${left} ${operation} ${right}`);
  const shaped = fc
    .tuple(
      alone,
      fc.constantFrom(
        (query: string) => `SELECT DISTINCT id, t, n, k FROM (${query}) z`,
        (query: string) => `SELECT DISTINCT ON (id, k) id, t, n, k FROM (${query}) z ORDER BY id, k, t, n`,
        (query: string) => `SELECT id, max(t) AS t, max(n) AS n, k FROM (${query}) z GROUP BY id, k`,
        (query: string) => `SELECT id, t, max(n) OVER (PARTITION BY k) AS n, k FROM (${query}) z`,
        (query: string) => `SELECT id, t, n, k FROM (${query}) z ORDER BY t, id`,
        (query: string) => query.replace(/^SELECT /, 'SELECT DISTINCT '),
      ),
    )
    .map(([query, shape]) => shape(query));
  return fc.oneof(combined, written, shaped).map((query): Source => {
    return { from: `(${query}) q`, scope: columns('q'), key: ALL_COLUMNS };
  });
}

/** The arms of a view that adds live rows to stored ones. */
const arms: Arbitrary<string> = fc
  .tuple(
    tables,
    fc.oneof(ml.text, plain.text),
    optional(plain.condition),
    fc.constantFrom("'live'", "'stored'", undefined),
  )
  .map(([{ from, scope }, t, c, k]) => {
    const end = c === undefined ? '' : ` WHERE ${c(scope)}`;
    return `SELECT ${scope.id} AS id, ${t(scope)} AS t, ${scope.number} AS n, ${k ?? scope.kind} AS k FROM ${from}${end}`;
  });

const sources: Arbitrary<Source> = fc.oneof(
  { weight: 3, arbitrary: tables },
  { weight: 2, arbitrary: barrier(tables) },
  { weight: 2, arbitrary: derived(tables) },
  { weight: 1, arbitrary: derived(derived(tables)) },
);

const names = (list: readonly Expression[], scope: Scope): string =>
  list.map((e, i) => `${e(scope)} AS c${i + 1}`).join(', ');

const targets = fc.array(fc.oneof(ml.text, ml.number, ml.condition, plain.text), { minLength: 1, maxLength: 3 });
const condition = optional(fc.oneof(plain.condition, { weight: 2, arbitrary: ml.condition }));
const where = (c: Expression | undefined, scope: Scope): string => (c === undefined ? '' : ` WHERE ${c(scope)}`);
const start = ({ with: within }: Source): string => within ?? '';

const rows = fc
  .tuple(sources, targets, condition, optional(ml.number), limits)
  .map(([source, list, c, sort, limit]) => {
    const keys = [...(sort === undefined ? [] : [`0 + ${sort(source.scope)} DESC NULLS LAST`]), ...source.key].join(
      ', ',
    );
    const sql = `${start(source)}SELECT ${source.key[0]} AS id, ${names(list, source.scope)} FROM ${source.from}${where(c, source.scope)} ORDER BY ${keys}${limit}`;
    return { sql, ordered: true };
  });

const aggregates: Arbitrary<Expression> = fc.oneof(
  fc.constant(() => 'count(*)'),
  ml.number.map((n) => (s: Scope) => `max(${n(s)})`),
  ml.number.map((n) => (s: Scope) => `round(sum(${n(s)})::numeric, 3)`),
  ml.text.map((t) => (s: Scope) => `count(DISTINCT ${t(s)})`),
  fc.tuple(ml.number, ml.condition).map(
    ([n, c]) =>
      (s: Scope) =>
        `min(${n(s)}) FILTER (WHERE ${c(s)})`,
  ),
  plain.text.map((t) => (s: Scope) => `(aws_comprehend.detect_sentiment(max(${t(s)}), 'en')).sentiment`),
);

const having: Arbitrary<Expression | undefined> = optional(
  fc.oneof(
    fc.constant(() => 'count(*) > 2'),
    ml.number.map((n) => (s: Scope) => `max(${n(s)}) > 10`),
  ),
);

const groups = fc
  .tuple(
    sources,
    fc.oneof(ml.text, plain.text),
    fc.array(aggregates, { minLength: 1, maxLength: 3 }),
    condition,
    having,
  )
  .map(([source, group, list, c, h]) => {
    const end = h === undefined ? '' : ` HAVING ${h(source.scope)}`;
    const sql = `${start(source)}SELECT ${group(source.scope)} AS g, ${names(list, source.scope)} FROM ${source.from}${where(c, source.scope)} GROUP BY 1${end}`;
    return { sql, ordered: false };
  });

const totals = fc
  .tuple(sources, fc.array(aggregates, { minLength: 1, maxLength: 3 }), condition)
  .map(([source, list, c]) => {
    const sql = `${start(source)}SELECT ${names(list, source.scope)} FROM ${source.from}${where(c, source.scope)}`;
    return { sql, ordered: false };
  });

const distinct = fc.tuple(sources, targets, condition).map(([source, list, c]) => {
  const sql = `${start(source)}SELECT DISTINCT ${names(list, source.scope)} FROM ${source.from}${where(c, source.scope)}`;
  return { sql, ordered: false };
});

const windows = fc
  .tuple(sources, ml.text, fc.oneof(ml.text, plain.text), ml.number, condition)
  .map(([source, t, partition, n, c]) => {
    const { scope, key } = source;
    const window = `OVER (PARTITION BY ${partition(scope)} ORDER BY ${key.join(', ')})`;
    const sql = `${start(source)}SELECT ${key[0]} AS id, ${t(scope)} AS c1, max(${n(scope)}) ${window} AS c2, row_number() ${window} AS c3 FROM ${source.from}${where(c, scope)}`;
    return { sql, ordered: false };
  });

const arm = fc.tuple(tables, fc.oneof(ml.text, plain.text), condition).map(([source, t, c]) => {
  return `SELECT ${t(source.scope)} AS t FROM ${source.from}${where(c, source.scope)}`;
});

const setOperations = fc
  .tuple(arm, fc.constantFrom('UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT ALL'), arm)
  .map(([left, operation, right]) => ({ sql: `${left} ${operation} ${right}`, ordered: false }));

const subqueries = fc.tuple(tables, tables, ml.condition, ml.text).map(([outer, inner, c, t]) => {
  const correlated = `SELECT count(*) FROM (SELECT ${inner.scope.id} AS id FROM ${inner.from} WHERE ${c(inner.scope)}) z WHERE z.id < o.id`;
  const sql = `SELECT o.id, o.t, (${correlated}) AS n FROM (SELECT ${outer.scope.id} AS id, ${t(outer.scope)} AS t FROM ${outer.from}) o WHERE o.id < 6`;
  return { sql, ordered: false };
});

/** A LIMIT that an ML predicate decides, in a subquery of WHERE. */
const limitedSubqueries = fc
  .tuple(sources, ml.text, tables, ml.condition, fc.constantFrom('IN', 'NOT IN'), fc.integer({ min: 1, max: 12 }))
  .map(([source, t, inner, c, operator, limit]) => {
    const { scope, key } = source;
    const limited = `SELECT ${inner.scope.id} FROM ${inner.from} WHERE ${c(inner.scope)} ORDER BY ${inner.key.join(', ')} LIMIT ${limit}`;
    const sql = `${start(source)}SELECT ${key[0]} AS id, ${t(scope)} AS c1 FROM ${source.from} WHERE ${scope.id} ${operator} (${limited})`;
    return { sql, ordered: false };
  });

/** Statements over the tables of `dataset.sql`. */
const statements: Arbitrary<RandomStatement> = fc.oneof(
  { weight: 6, arbitrary: rows },
  { weight: 4, arbitrary: groups },
  { weight: 2, arbitrary: totals },
  { weight: 2, arbitrary: distinct },
  { weight: 2, arbitrary: windows },
  { weight: 2, arbitrary: setOperations },
  { weight: 1, arbitrary: subqueries },
  { weight: 1, arbitrary: limitedSubqueries },
);

export const queries: Topic = {
  name: 'queries',
  weight: 6,
  scenarios: statements.map((statement) => ({ steps: [statement], writes: false })),
};
