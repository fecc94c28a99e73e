import { AwsMlError } from './errors.js';
import { definitions } from './functions/definitions.js';
import type { MlCall, MlResult, TextValue } from './ml-call.js';
import type { MlFunctionName } from './ml-function.js';

/** As docs/errors.md has it. */
const NULL_HINT = 'Use COALESCE, or leave those rows out.';

/** Either a call to invoke, or the result of one that needs no request. */
export type MlCallOrResult =
  | { readonly call: MlCall; readonly result?: undefined }
  | { readonly call?: undefined; readonly result: MlResult };

/**
 * Applies the functions' NULL semantics to evaluated arguments (in the order of `MlCall.arguments`).
 * A batch bound below 1 counts as 1: the reference gives it no meaning, and no batch can be smaller.
 *
 * @throws AwsMlError 22004 where an argument is NULL that must not be.
 */
export function toMlCall(
  functionName: MlFunctionName,
  callArguments: readonly TextValue[],
  maxRowsPerBatch: number | null = null,
): MlCallOrResult {
  const { nulls: rules, signature } = definitions[functionName];
  for (const position of rules.nullResult) {
    if (callArguments[position] === null) return { result: signature.results.map(() => null) };
  }
  for (const [position, name] of rules.required) {
    if (callArguments[position] === null) {
      const message = `${functionName}: ${name} must not be null`;
      throw new AwsMlError({ code: 'NULL_ARGUMENT', function: functionName, message, hint: NULL_HINT });
    }
  }
  const bound = maxRowsPerBatch === null ? null : Math.max(1, maxRowsPerBatch);
  return { call: { function: functionName, arguments: callArguments, maxRowsPerBatch: bound } };
}
