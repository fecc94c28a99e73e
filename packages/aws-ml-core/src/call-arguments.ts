import { AwsMlError } from './errors.js';
import type { MlCall, MlResult, TextValue } from './ml-call.js';
import type { MlFunctionName } from './ml-functions.js';

/** Either a call to invoke, or the result of one that needs no request. */
export type MlCallOrResult =
  | { readonly call: MlCall; readonly result?: undefined }
  | { readonly call?: undefined; readonly result: MlResult };

interface NullRules {
  /** Arguments whose NULL makes the result NULL, without a request. */
  readonly nullResult: readonly number[];
  readonly result: MlResult;
  /** Arguments that must not be NULL, with their names. */
  readonly required: readonly (readonly [position: number, name: string])[];
}

const nullRules: Record<MlFunctionName, NullRules> = {
  'aws_comprehend.detect_sentiment': { nullResult: [0], result: [null, null], required: [[1, 'language_code']] },
  'aws_sagemaker.invoke_endpoint': { nullResult: [], result: [null], required: [[0, 'endpoint_name']] },
  'aws_bedrock.invoke_model': { nullResult: [0, 3], result: [null], required: [] },
  'aws_bedrock.invoke_model_get_embeddings': { nullResult: [0, 3], result: [null], required: [[2, 'json_key']] },
};

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
  const rules = nullRules[functionName];
  for (const position of rules.nullResult) {
    if (callArguments[position] === null) return { result: rules.result };
  }
  for (const [position, name] of rules.required) {
    if (callArguments[position] === null) {
      throw new AwsMlError({ code: 'NULL_ARGUMENT', function: functionName, message: `${name} must not be null` });
    }
  }
  const bound = maxRowsPerBatch === null ? null : Math.max(1, maxRowsPerBatch);
  return { call: { function: functionName, arguments: callArguments, maxRowsPerBatch: bound } };
}
