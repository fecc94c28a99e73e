import { checkOptions, functionOf, regionName, text, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';
import type { CassetteOptions } from './cassette/cassette-options.js';
import type { EndpointConfig } from './endpoints/endpoint.js';
import type { Faults, ServiceFaults } from './faults/faults.js';
import type { ModelConfig } from './models/model.js';
import type { SentimentFunction } from './sentiment/sentiment.js';
import { isBucketName } from './services/s3.js';
import { SERVICE_NAMES } from './services/service-name.js';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Endpoints and models say themselves what is wrong with their configuration, by name. */
const isConfig = (value: unknown): boolean => typeof value === 'string' || isObject(value);

const faultNames: Readonly<Record<keyof ServiceFaults, true>> = {
  latencyMs: true,
  accessDenied: true,
  throttle: true,
  maxConcurrency: true,
  serverError: true,
  unavailable: true,
  gateway: true,
  error: true,
  reset: true,
  truncate: true,
  malformed: true,
  documentErrors: true,
  wrongRows: true,
  limitExceeded: true,
  failAt: true,
  hangAt: true,
};
const serviceFaults = v.strictObject(v.entriesFromList(Object.keys(faultNames), v.optional(v.unknown())));
const faults = v.strictObject(
  v.entriesFromList(SERVICE_NAMES, v.optional(serviceFaults)),
) as unknown as v.GenericSchema<Faults>;

const cassette = v.strictObject({
  mode: v.picklist(['record', 'replay'], '"record" or "replay"'),
  path: text('the path of a file'),
  services: v.optional(v.unknown()),
  upstream: v.optional(v.unknown()),
}) as unknown as v.GenericSchema<CassetteOptions>;

const localOptions = v.strictObject({
  /** Default 0: any free port. */
  port: v.optional(wholeNumber(0, 65_535)),
  /** Default 127.0.0.1. */
  host: v.optional(text()),
  /** What `LocalServices.environment` names as the region. Default us-east-1; requests of any region are served. */
  region: v.optional(regionName()),
  /** Computes sentiments. Default: by an English lexicon. */
  sentiment: v.optional(functionOf<SentimentFunction>()),
  /** SageMaker endpoints by name. There are none by default. */
  endpoints: v.optional(v.record(v.string(), v.custom<EndpointConfig>(isConfig, 'an endpoint'), 'endpoints by name')),
  /** Bedrock models by id, besides those that answer without configuration. */
  models: v.optional(v.record(v.string(), v.custom<ModelConfig>(isConfig, 'a model'), 'models by id')),
  /** Records real answers to a file, or replays them. */
  cassette: v.optional(cassette),
  /** Buckets that are there from the start. Default: none, but for those in `data`. */
  buckets: v.optional(v.array(v.pipe(v.string(), v.check(isBucketName, 'a name that S3 allows')), 'names of buckets')),
  /**
   * The folder that S3's buckets, and SageMaker's jobs, models and endpoints, are kept in, for one process at a time.
   * Default: they are kept in memory.
   */
  data: v.optional(text('the path of a folder')),
  /** What goes wrong, by service. Default: nothing. */
  faults: v.optional(faults),
  /** What embeddings, forests and latencies start from. Default 1. */
  seed: v.optional(wholeNumber(0)),
  /** How long each state of a job or an endpoint of SageMaker lasts at least, in milliseconds. Default 0. */
  jobDelayMs: v.optional(wholeNumber(0)),
  /** What relative paths in `endpoints`, `models`, `cassette` and `data` start from. Default: the working directory. */
  baseDirectory: v.optional(text()),
});

export interface LocalServicesOptions extends Readonly<v.InferInput<typeof localOptions>> {}

/** @throws ConfigurationError that names everything that is wrong */
export function checkLocalOptions(options: unknown, name = 'options'): asserts options is LocalServicesOptions {
  checkOptions(localOptions, options, name);
}

/** @throws ConfigurationError that names everything that is wrong */
export function checkFaults(given: unknown): void {
  checkOptions(faults, given, 'faults');
}
