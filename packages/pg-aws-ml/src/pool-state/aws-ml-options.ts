import { type InspectOptions, inspect } from 'node:util';
import { type SharedOptions, sharedOptions, trainingOptions } from 'aws-ml-core/options';
import { checkOptions } from 'aws-ml-options';
import * as v from 'valibot';
import { cacheOptions } from '../cache/cache-options.js';
import { isLogger, type Logger } from '../observability/log.js';

const poolOptions = v.strictObject({
  /** Keeps results for later statements: in memory, in a table of the database, or in both. Default: nothing is kept. */
  cache: v.optional(cacheOptions),
  /** How models are trained and deployed by CREATE MODEL. */
  training: v.optional(trainingOptions),
  /** Takes log entries, which hold no SQL, no customer text and no secrets. Default: none is written. */
  logger: v.optional(v.custom<Logger>(isLogger, 'an object with the methods debug, info, warn and error')),
});

interface PoolOptions extends Readonly<v.InferInput<typeof poolOptions>> {}

/** Of the `awsMl` part, everything that may be set. */
export const awsMlOptions = v.strictObject({ ...sharedOptions.entries, ...poolOptions.entries });

/** The `awsMl` part of a Pool's or Client's configuration. Everything has a default. */
export interface AwsMlOptions extends SharedOptions, PoolOptions {}

/**
 * The options, checked; their credentials hidden.
 *
 * @throws ConfigurationError that names everything that is wrong
 */
export function checkedOptions(options: AwsMlOptions = {}): AwsMlOptions {
  checkOptions(awsMlOptions, options, 'awsMl');
  return withHiddenCredentials(options);
}

const hidden = new WeakMap<object, unknown>();

/** No property of the object itself: nothing that lists, copies or prints an object's properties comes upon it. */
const hidesCredentials = Object.create(Object.prototype, {
  credentials: {
    get(this: object) {
      return hidden.get(this);
    },
    set(this: object, credentials: unknown) {
      hidden.set(this, credentials);
    },
  },
  // With `showHidden` and `getters`, properties of the prototype are printed, too.
  [inspect.custom]: {
    value(this: object, _depth: number, options: InspectOptions, print: typeof inspect) {
      return print({ ...this }, options);
    },
  },
});

/** A copy whose credentials can be read, but that no `util.inspect`, `JSON.stringify` or `structuredClone` shows. */
function withHiddenCredentials(options: AwsMlOptions): AwsMlOptions {
  const { credentials, ...others } = options;
  if (credentials === undefined) return others;
  const copy: AwsMlOptions = Object.assign(Object.create(hidesCredentials), others);
  hidden.set(copy, credentials);
  return copy;
}
