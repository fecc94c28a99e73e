/** Expressions over `items i`, the table of `writable.sql`. */
import fc from 'fast-check';
import { type Expression, mlExpressions as ml, plainExpressions as plain, type Scope } from './expressions.js';

export const items: Scope = { id: 'i.id', text: 'i.body', number: 'i.amount', kind: 'i.kind' };

const over = (scope: Scope) => (expression: Expression) => expression(scope);

export const texts = (scope: Scope = items) => ml.text.map(over(scope));
export const conditions = (scope: Scope = items) => fc.oneof(ml.condition, plain.condition).map(over(scope));
export const plainConditions = (scope: Scope = items) => plain.condition.map(over(scope));

/** Calls whose inputs are short, for where many expressions would hide what is tried. */
export const shortCalls = (scope: Scope = items) =>
  fc.constantFrom(
    `(aws_comprehend.detect_sentiment(${scope.text}, 'en')).sentiment`,
    `mood_of(${scope.kind})`,
    `plpgsql_mood(${scope.text})`,
    `strict_mood(${scope.text})`,
    `aws_sagemaker.invoke_endpoint('label', NULL, ${scope.number})`,
    `aws_sagemaker.invoke_endpoint('echo', 3, ${scope.id}, ${scope.kind})`,
    `aws_bedrock.invoke_model('oracle.text', 'application/json', 'application/json', ${scope.text})`,
  );
