import { oneOf, positiveNumber, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';
import { mlFunctionNames } from '../ml-function.js';
import type { ResultStore } from '../result-store.js';

const functionName = oneOf(...mlFunctionNames);

/** What begins like the name of a function is meant as one; the names of endpoints and models are the application's. */
const functionOrTarget = v.lazy(
  (name): v.GenericSchema<string> => (typeof name === 'string' && name.startsWith('aws_') ? functionName : v.string()),
);

const memoryCache = v.strictObject({
  /** Bytes of inputs and results, at most. */
  maxBytes: wholeNumber(1),
  /** Milliseconds for which a result holds. */
  ttlMs: positiveNumber(),
});

export const shareOptions = v.strictObject({
  /**
   * Whether statements that run at the same time share requests for equal inputs, by function or by the name of an
   * endpoint or model; a name goes before its function. Default: true for all functions but `aws_bedrock.invoke_model`,
   * whose models may answer the same question differently.
   */
  share: v.optional(
    v.record(functionOrTarget, v.boolean('true or false'), 'true or false by function, endpoint or model'),
  ),
});

export interface ShareOptions extends Readonly<v.InferInput<typeof shareOptions>> {}

const isStore = (value: unknown): boolean => {
  const { getMany, putMany } = (value ?? {}) as Partial<ResultStore>;
  return typeof getMany === 'function' && typeof putMany === 'function';
};

export const keepingOptions = v.strictObject({
  /** Keeps results in memory for later statements, for functions and targets that share. Default: nothing is kept. */
  cache: v.optional(memoryCache),
  /** Where results are looked for, and kept, beyond the process; behind `cache` if both are there. Default: nowhere. */
  store: v.optional(v.custom<ResultStore>(isStore, 'an object with the methods getMany and putMany')),
});

export interface KeepingOptions extends Readonly<v.InferInput<typeof keepingOptions>> {}

export interface SharingOptions extends ShareOptions, KeepingOptions {}
