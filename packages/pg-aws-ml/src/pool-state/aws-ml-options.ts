import { type InspectOptions, inspect } from 'node:util';
import { type SharedOptions, sharedOptions, trainingOptions } from 'aws-ml-core/options';
import { checkOptions, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';
import { cacheOptions } from '../cache/cache-options.js';
import { isLogger, type Logger } from '../observability/log.js';

const transferOptions = v.strictObject({
  /** Bytes after which an export begins another object, at the end of a row. Default 6 GB (6 × 1024³), as Aurora's. */
  fileBytes: v.optional(wholeNumber(1)),
  /** Whether an export to a file_path that ends in `.gz` is compressed, with `Content-Encoding: gzip`. Default false. */
  gzip: v.optional(v.boolean()),
});

/** How `aws_s3` transfers. */
export interface TransferOptions extends Readonly<v.InferInput<typeof transferOptions>> {}

const poolOptions = v.strictObject({
  /** Keeps results for later statements: in memory, in a table of the database, or in both. Default: nothing is kept. */
  cache: v.optional(cacheOptions),
  /** How models are trained and deployed by CREATE MODEL. */
  training: v.optional(trainingOptions),
  /** How `aws_s3` transfers. Default: as Aurora does. */
  s3: v.optional(transferOptions),
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
