import { definitions } from '../functions/definitions.js';
import type { MlResult } from '../ml-call.js';
import type { MlFunctionName } from '../ml-function.js';

/** The result of a call that failed where failures give NULL: NULL in every column. */
export function nullResult(functionName: MlFunctionName): MlResult {
  return definitions[functionName].signature.results.map(() => null);
}
