import { numberFrom, oneOf, text, wholeNumber } from 'aws-ml-options';
import { type AwsMlOptions, awsMlOptions } from 'pg-aws-ml/session';
import * as v from 'valibot';
import { logLevels } from './proxy-log.js';

/** By its name: declarations of this package must not spell out what others are made of. */
const poolOptions: v.GenericSchema<AwsMlOptions> = awsMlOptions;

/** Everything that may be set, by flags, by the environment, in a file or in a program. Durations are in seconds. */
export const proxyOptions = v.strictObject({
  /** The server: `postgres://host:port`, with `sslmode` and `sslrootcert` as in libpq. Default: `PGHOST`, `PGPORT`, `PGSSLMODE`. */
  upstream: v.optional(text()),
  /** A server's URL with role and password for connections of the proxy's own (live answers, the cache's table). Default: `upstream`. */
  serviceUrl: v.optional(text()),
  /** How ML calls are answered: the options of the Pool. */
  awsMl: v.optional(poolOptions),
  /** Where clients connect: `host:port`, `port`, `[::1]:port`. Port 0 is any that is free. Default: `127.0.0.1:6432`. */
  listen: v.optional(text()),
  /** A directory for a Unix socket, `.s.PGSQL.` and the port, that clients can connect to as well. Default: none. */
  socketDir: v.optional(text()),
  /** Certificate chain to show to clients, a PEM file. Without it clients aren't offered TLS. */
  tlsCert: v.optional(text()),
  /** Its private key, a PEM file. */
  tlsKey: v.optional(text()),
  /** Refuses clients that don't use TLS, but for those of the Unix socket. Default: false. */
  requireTls: v.optional(v.boolean('true or false')),
  /** Who authenticates clients: the server, through the proxy (`pass`), or the proxy itself (`own`). Default: `pass`, with `users` `own`. */
  auth: v.optional(oneOf('pass', 'own')),
  /** A file of roles and their passwords, for `own`. Default: role and password of `upstream`. */
  users: v.optional(text()),
  /** So many clients may be connected. Default: 1000. */
  maxClients: v.optional(wholeNumber(1)),
  /** How long a client may take from its connection to its first statement. Default: 60. */
  loginTimeout: v.optional(numberFrom(0.001)),
  /** How long connecting to the server may take. Default: 10. */
  upstreamTimeout: v.optional(numberFrom(0.001)),
  /** How long a shutdown waits for statements and transactions. Default: 30. */
  shutdownTimeout: v.optional(numberFrom(0)),
  /** A Query or Parse that is longer, in bytes, passes without being looked at. Default: 64 MiB. */
  maxMessageSize: v.optional(wholeNumber(1_024)),
  /** Where metrics, health and a page are served over HTTP: `host:port`, `port`, `[::1]:port`. Default: nowhere. */
  admin: v.optional(text()),
  /** So many processes share the clients. Default: 1. */
  processes: v.optional(wholeNumber(1, 1_024)),
  /** Default: `text`. */
  logFormat: v.optional(oneOf('text', 'json')),
  /** Entries below it aren't written. Default: `info`. */
  logLevel: v.optional(oneOf(...logLevels)),
});

/** Options of `startProxy`, which takes no notice of `admin`, `processes`, `logFormat` and `logLevel`: they are the program's. */
export interface ProxyOptions extends Readonly<v.InferInput<typeof proxyOptions>> {}

export const defaults = {
  listen: '127.0.0.1:6432',
  maxClients: 1_000,
  loginTimeout: 60,
  upstreamTimeout: 10,
  shutdownTimeout: 30,
  maxMessageSize: 64 * 1024 * 1024,
  logFormat: 'text',
  logLevel: 'info',
} as const;
