import type { MlFunctionName } from './ml-function.js';

/** A value as PostgreSQL's text output function writes it; null is SQL NULL. */
export type TextValue = string | null;

/**
 * One evaluation of an ML function: the function and its arguments.
 *
 * `detect_sentiment`: input_text, language_code. `invoke_endpoint`: endpoint_name, then one value per CSV field
 * (one-dimensional arrays already spread). `invoke_model`: model_id, content_type, accept_type, model_input.
 * `invoke_model_get_embeddings`: model_id, content_type, json_key, model_input.
 */
export interface MlCall {
  readonly function: MlFunctionName;
  /** The arguments in the order above, without max_rows_per_batch. */
  readonly arguments: readonly TextValue[];
  /** The call's own bound on the rows of a batch; null leaves it to the service's limit. */
  readonly maxRowsPerBatch: number | null;
}

/** The result columns of a call, as text that PostgreSQL's input functions read (`{0.5,-1}` for float8[]). */
export type MlResult = readonly TextValue[];

/** Whether PostgreSQL has a text for a value: none holds a NUL character, and no UTF-8 half of a surrogate pair. */
export function isStorable(value: TextValue): boolean {
  return value === null || !(value.includes('\0') || loneSurrogate.test(value));
}

const loneSurrogate = /\p{Surrogate}/u;
