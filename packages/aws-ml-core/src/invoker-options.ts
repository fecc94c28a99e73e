import * as v from 'valibot';
import type { MlServices } from './functions/create-services.js';
import { type ConnectionOptions, connectionOptions } from './options/connection-options.js';
import { type SharedOptions, sharedOptions } from './options/shared-options.js';
import { keepingOptions, type SharingOptions } from './options/sharing-options.js';

const serviceOptions = v.strictObject({
  /** Adapters to use instead of those of AWS's services. */
  services: v.optional(v.custom<Partial<MlServices>>((value) => typeof value === 'object', 'adapters by function')),
});

interface ServiceOptions extends Readonly<v.InferInput<typeof serviceOptions>> {}

export const invokerOptions = v.strictObject({
  ...sharedOptions.entries,
  ...connectionOptions.entries,
  ...keepingOptions.entries,
  ...serviceOptions.entries,
});

export interface InvokerOptions extends SharedOptions, ConnectionOptions, SharingOptions, ServiceOptions {}
