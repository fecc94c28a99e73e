import { createHash } from 'node:crypto';
import type { MlFunctionName, TextValue } from 'aws-ml-core';

/**
 * The key under which the result of a call is stored: SHA-256 over the function's name and its arguments, each with its
 * length in UTF-8 bytes, so that no two calls spell the same. `_aws_ml.result_key` computes the same in SQL.
 *
 * @param arguments_ as in `MlCall.arguments`: without max_rows_per_batch, which doesn't change the result.
 */
export function resultKey(functionName: MlFunctionName, arguments_: readonly TextValue[]): Buffer {
  const hash = createHash('sha256').update(functionName);
  for (const argument of arguments_) {
    hash.update(argument === null ? '|null' : `|${Buffer.byteLength(argument)}:${argument}`);
  }
  return hash.digest();
}
