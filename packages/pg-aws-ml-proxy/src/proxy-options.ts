import { numberFrom, oneOf, text, wholeNumber } from 'aws-ml-options';
import * as v from 'valibot';

/** Everything that may be set, by flags, by the environment, in a file or in a program. Durations are in seconds. */
export const proxyOptions = v.strictObject({
  /** The server: `postgres://host:port`, with `sslmode` and `sslrootcert` as libpq reads them. Default: `PGHOST`, `PGPORT`. */
  upstream: v.optional(text()),
  /** Where clients connect: `host:port`, `port`, `[::1]:port`. Port 0 is any that is free. Default: `127.0.0.1:6432`. */
  listen: v.optional(text()),
  /** Certificate chain to show to clients, a PEM file. Without it clients aren't offered TLS. */
  tlsCert: v.optional(text()),
  /** Its private key, a PEM file. */
  tlsKey: v.optional(text()),
  /** How long connecting to the server may take. Default: 10. */
  upstreamTimeout: v.optional(numberFrom(0.001)),
  /** A Query or Parse that is longer, in bytes, passes without being looked at. Default: 64 MiB. */
  maxMessageSize: v.optional(wholeNumber(1_024)),
  /** Default: `pass`. */
  auth: v.optional(oneOf('pass')),
});

/** Options of `startProxy`. */
export interface ProxyOptions extends Readonly<v.InferInput<typeof proxyOptions>> {}

export const defaults = {
  listen: '127.0.0.1:6432',
  upstreamTimeout: 10,
  maxMessageSize: 64 * 1024 * 1024,
} as const;
