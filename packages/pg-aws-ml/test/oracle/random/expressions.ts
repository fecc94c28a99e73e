/** Random expressions over a row of a query's FROM clause. An expression is a function of the names in scope. */
import fc, { type Arbitrary } from 'fast-check';

/** SQL of what a FROM clause offers. */
export interface Scope {
  readonly id: string;
  /** A text, often different from row to row; can be NULL. */
  readonly text: string;
  /** A number; can be NULL. */
  readonly number: string;
  /** A text of few values; can be NULL. */
  readonly kind: string;
}

export type Expression = (scope: Scope) => string;

const small = fc.integer({ min: 0, max: 60 });

const language = fc.oneof({ weight: 4, arbitrary: fc.constant("'en'") }, fc.constant("'fr'"));

interface Expressions {
  readonly text: Expression;
  readonly number: Expression;
  readonly condition: Expression;
}

/**
 * Shapes of expressions; the first of each is what shrinking ends at. None is a constant alone: PostgreSQL evaluates
 * those while it plans, and then sees which calls it can leave out.
 */
function expressions(maxDepth: number, withCalls: boolean) {
  const call = withCalls ? 3 : 0;
  return fc.letrec((tie: fc.LetrecTypedTie<Expressions>) => ({
    text: fc.oneof(
      { maxDepth, withCrossShrink: true },
      { weight: 4, arbitrary: fc.constant((s: Scope) => s.text) },
      { weight: 2, arbitrary: fc.constant((s: Scope) => s.kind) },
      { weight: 1, arbitrary: fc.constant((s: Scope) => `repeat('constant ', ${s.id} * 0 + 1)`) },
      { weight: 1, arbitrary: tie('text').map((t) => (s: Scope) => `upper(${t(s)})`) },
      {
        weight: 1,
        arbitrary: fc.tuple(tie('text'), tie('text')).map(
          ([a, b]) =>
            (s: Scope) =>
              `(${a(s)} || ' ' || ${b(s)})`,
        ),
      },
      { weight: 1, arbitrary: conditional(tie('condition'), tie('text')) },
      { weight: 1, arbitrary: coalesce(tie('text')) },
      { weight: call * 2, arbitrary: sentiment(tie('text'), 'sentiment') },
      { weight: call, arbitrary: tie('text').map((t) => (s: Scope) => `mood_of(${t(s)})`) },
      { weight: call, arbitrary: endpoint('label', tie('number'), tie('text')) },
      {
        weight: call > 0 ? 1 : 0,
        arbitrary: tie('text').map(
          (t) => (s: Scope) =>
            `aws_bedrock.invoke_model('oracle.text', 'application/json', 'application/json', ${t(s)})`,
        ),
      },
    ),
    number: fc.oneof(
      { maxDepth, withCrossShrink: true },
      { weight: 3, arbitrary: fc.constant((s: Scope) => s.id) },
      { weight: 3, arbitrary: fc.constant((s: Scope) => s.number) },
      { weight: 1, arbitrary: small.map((n) => (s: Scope) => `(${s.id} * 0 + ${n})`) },
      { weight: 1, arbitrary: tie('text').map((t) => (s: Scope) => `length(${t(s)})`) },
      {
        weight: 1,
        arbitrary: fc.tuple(tie('number'), tie('number')).map(
          ([a, b]) =>
            (s: Scope) =>
              `(${a(s)} + ${b(s)})`,
        ),
      },
      { weight: 1, arbitrary: conditional(tie('condition'), tie('number')) },
      { weight: 1, arbitrary: coalesce(tie('number')) },
      { weight: call, arbitrary: sentiment(tie('text'), 'confidence') },
      {
        weight: call,
        arbitrary: endpoint('class', tie('number'), tie('text')).map((e) => (s: Scope) => `${e(s)}::int`),
      },
    ),
    condition: fc.oneof(
      { maxDepth, withCrossShrink: true },
      {
        weight: 3,
        arbitrary: fc.tuple(tie('number'), fc.constantFrom('>', '<=', '<>'), small).map(
          ([n, operator, bound]) =>
            (s: Scope) =>
              `${n(s)} ${operator} ${bound}`,
        ),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(
            tie('text'),
            fc.constantFrom("= 'POSITIVE'", "<> 'MIXED'", "LIKE 'N%'", 'IS NULL', "IN ('NEUTRAL', 'en', 'home')"),
          )
          .map(
            ([t, test]) =>
              (s: Scope) =>
                `${t(s)} ${test}`,
          ),
      },
      {
        weight: 2,
        arbitrary: fc.tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition')).map(
          ([a, operator, b]) =>
            (s: Scope) =>
              `(${a(s)} ${operator} ${b(s)})`,
        ),
      },
      { weight: 1, arbitrary: tie('condition').map((c) => (s: Scope) => `NOT (${c(s)})`) },
      {
        weight: 1,
        arbitrary: fc.constant((s: Scope) => `EXISTS (SELECT 1 FROM tickets x WHERE x.review_id = ${s.id})`),
      },
      {
        weight: 1,
        arbitrary: fc.constant((s: Scope) => `${s.number} IN (SELECT id FROM products WHERE category = 'home')`),
      },
    ),
  }));
}

function conditional(condition: Arbitrary<Expression>, value: Arbitrary<Expression>): Arbitrary<Expression> {
  return fc.tuple(condition, value, value).map(
    ([c, a, b]) =>
      (s: Scope) =>
        `CASE WHEN ${c(s)} THEN ${a(s)} ELSE ${b(s)} END`,
  );
}

function coalesce(value: Arbitrary<Expression>): Arbitrary<Expression> {
  return fc.tuple(value, value).map(
    ([a, b]) =>
      (s: Scope) =>
        `COALESCE(${a(s)}, ${b(s)})`,
  );
}

function sentiment(text: Arbitrary<Expression>, field: 'sentiment' | 'confidence'): Arbitrary<Expression> {
  return fc.tuple(text, language).map(
    ([t, l]) =>
      (s: Scope) =>
        `(aws_comprehend.detect_sentiment(${t(s)}, ${l})).${field}`,
  );
}

function endpoint(name: string, number: Arbitrary<Expression>, text: Arbitrary<Expression>): Arbitrary<Expression> {
  return fc.tuple(number, text, fc.constantFrom('NULL', '5')).map(
    ([n, t, rows]) =>
      (s: Scope) =>
        `aws_sagemaker.invoke_endpoint('${name}', ${rows}, ${n(s)}, ${t(s)})`,
  );
}

export const mlExpressions = expressions(3, true);
export const plainExpressions = expressions(2, false);
