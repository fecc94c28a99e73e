import { hash } from 'node:crypto';
import type { MlFunctionName, TextValue } from 'aws-ml-core';

/**
 * The key under which the result of a call is stored: SHA-256 over the function's name and its arguments as a JSON array,
 * in UTF-8. PostgreSQL and JavaScript write JSON strings alike. `_aws_ml.result_key` computes the same in SQL.
 *
 * In hexadecimal digits.
 *
 * @param arguments_ as in `MlCall.arguments`: without max_rows_per_batch, which doesn't change the result.
 */
export function resultKey(functionName: MlFunctionName, arguments_: readonly TextValue[]): string {
  return hash('sha256', functionName + JSON.stringify(arguments_), 'hex');
}
