import { hash } from 'node:crypto';
import type { MlFunctionName, TextValue } from 'aws-ml-core';

/**
 * The key under which the result of a call is stored: SHA-256 over the function's name and its arguments, each with its
 * length in UTF-8 bytes, so that no two calls spell the same. `_aws_ml.result_key` computes the same in SQL.
 *
 * In hexadecimal digits.
 *
 * @param arguments_ as in `MlCall.arguments`: without max_rows_per_batch, which doesn't change the result.
 */
export function resultKey(functionName: MlFunctionName, arguments_: readonly TextValue[]): string {
  let spelled: string = functionName;
  for (const argument of arguments_) {
    spelled += argument === null ? '|null' : `|${Buffer.byteLength(argument)}:${argument}`;
  }
  return hash('sha256', spelled, 'hex');
}
