import type { DatabaseError } from 'pg-aws-ml/session';
import { explainMissingExtension, type Interceptor, runAgainHint } from 'pg-aws-ml/session';
import { readServerError } from './diagnostics.js';

/** What an error of the server, for a statement that went past us, says about it. */
export interface NativeFailure {
  readonly error: DatabaseError;
  /** The statement has come to reach an ML function since its text was looked at. */
  readonly reachedMl: boolean;
  /** The statement may have a meaning of ours, which the server doesn't know. */
  readonly maySayMore: boolean;
  /** The error says more now than the server has said. */
  readonly changed: boolean;
}

export function nativeFailure(engine: Interceptor, frame: Buffer, text: string | undefined): NativeFailure {
  const error = readServerError(frame);
  const { hint } = error;
  explainMissingExtension(error);
  const reachedMl = engine.reachedMl?.(error as unknown as Record<string, unknown>, text) ?? false;
  if (reachedMl) Object.assign(error, { hint: runAgainHint });
  const maySayMore = !reachedMl && (engine.maySayMore?.(error as unknown as Record<string, unknown>, text) ?? false);
  return { error, reachedMl, maySayMore, changed: error.hint !== hint };
}
