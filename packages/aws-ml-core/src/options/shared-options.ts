import { oneOf, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';
import { type BudgetOptions, budgetOptions } from './budget-options.js';
import { type AddressOptions, addressOptions } from './connection-options.js';
import { type FlowOptions, flowOptions } from './flow-options.js';
import { type ShareOptions, shareOptions } from './sharing-options.js';

export { type TrainingOptions, trainingOptions } from './training-options.js';

// The schemas are put together of the same parts as the types: a type that is inferred from the whole would lose the
// docstrings of the parts in its declaration.

const resultOptions = v.strictObject({
  /**
   * What a failed call gives: `fail` fails its statement, `null` gives NULL. Default `fail`. A call that was aborted has an
   * error in either case.
   */
  onError: v.optional(oneOf('fail', 'null')),
  /**
   * Bytes of inputs and results that a statement remembers to send equal inputs once, a target. Past it, the oldest are
   * forgotten and would be sent again. Default 64 MiB.
   */
  dedupMemoryBytes: v.optional(wholeNumber(0)),
});

interface ResultOptions extends Readonly<v.InferInput<typeof resultOptions>> {}

export type OnError = NonNullable<ResultOptions['onError']>;

/** What an application with a Pool may set as well. */
export const sharedOptions = v.strictObject({
  ...addressOptions.entries,
  ...flowOptions.entries,
  ...budgetOptions.entries,
  ...shareOptions.entries,
  ...resultOptions.entries,
});

export interface SharedOptions extends AddressOptions, FlowOptions, BudgetOptions, ShareOptions, ResultOptions {}
