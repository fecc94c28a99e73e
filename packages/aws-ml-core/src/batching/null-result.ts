import type { MlResult } from '../ml-call.js';
import { type MlFunctionName, mlFunctions } from '../ml-functions.js';

const nullResults = new Map<MlFunctionName, MlResult>(
  mlFunctions.map((definition) => [definition.qualifiedName, definition.results.map(() => null)]),
);

/** The result of a call that failed where failures give NULL: NULL in every column. */
export function nullResult(functionName: MlFunctionName): MlResult {
  return nullResults.get(functionName) as MlResult;
}
