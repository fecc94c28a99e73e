import type { AwsMlOptions } from 'pg-aws-ml/session';
import type { ProxyOptions } from '../proxy-options.js';

/** An option as the command line and the environment have it. */
export interface Setting {
  /** What the flag takes, for its help; absent for a flag that is just there. */
  readonly argument?: string;
  readonly help: string;
  /** @throws Error that says what is expected */
  readonly read: (text: string) => unknown;
}

const asIs = (text: string): string => text;

const units: Readonly<Record<string, number>> = { ms: 0.001, s: 1, min: 60, h: 3600 };

/** `30`, `30s`, `500ms`, `5min` in seconds. */
function seconds(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|min|h)?$/.exec(text) ?? [];
  if (number === undefined) throw new Error('must be a time such as 30, 30s, 500ms or 5min');
  return Number(number) * (units[unit] ?? 1);
}

const multiples: Readonly<Record<string, number>> = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** `65536`, `64kB`, `16MB` in bytes: PostgreSQL's units. */
function bytes(text: string): number {
  const [, number, unit = 'B'] = /^(\d+)(B|kB|MB|GB)?$/.exec(text) ?? [];
  if (number === undefined) throw new Error('must be a size such as 65536, 64kB or 16MB');
  return Number(number) * (multiples[unit] ?? 1);
}

function count(text: string): number {
  if (!/^\d+$/.test(text)) throw new Error('must be a whole number');
  return Number(text);
}

function flag(text: string): boolean {
  if (/^(true|on|yes|1)$/i.test(text)) return true;
  if (/^(false|off|no|0)$/i.test(text)) return false;
  throw new Error('must be true or false');
}

/** All but `awsMl`, which has a structure of its own and stands in the file. Defaults are the schema's. */
export const settings: Readonly<Record<Exclude<keyof ProxyOptions, 'awsMl'>, Setting>> = {
  upstream: { argument: '<url>', help: 'the server: postgres://host:port (default: PGHOST, PGPORT)', read: asIs },
  serviceUrl: {
    argument: '<url>',
    help: 'role and password for connections of its own (default: those of --upstream)',
    read: asIs,
  },
  listen: { argument: '<address>', help: '[host:]port for clients (default: 127.0.0.1:6432)', read: asIs },
  socketDir: { argument: '<directory>', help: 'makes a Unix socket for clients in it, too', read: asIs },
  tlsCert: { argument: '<file>', help: 'certificate to show to clients, PEM', read: asIs },
  tlsKey: { argument: '<file>', help: 'its private key, PEM', read: asIs },
  requireTls: { help: 'refuse clients without TLS', read: flag },
  auth: { argument: '<who>', help: 'who authenticates clients: pass (the server) or own (the proxy)', read: asIs },
  users: { argument: '<file>', help: 'roles and passwords, for --auth own', read: asIs },
  maxClients: { argument: '<number>', help: 'so many clients may be connected (default: 1000)', read: count },
  loginTimeout: { argument: '<time>', help: 'how long a login may take (default: 60s)', read: seconds },
  upstreamTimeout: {
    argument: '<time>',
    help: 'how long connecting to the server may take (default: 10s)',
    read: seconds,
  },
  shutdownTimeout: {
    argument: '<time>',
    help: 'how long a shutdown waits for statements (default: 30s)',
    read: seconds,
  },
  maxMessageSize: {
    argument: '<size>',
    help: 'longer statements pass without being looked at (default: 64MB)',
    read: bytes,
  },
  admin: {
    argument: '<address>',
    help: '[host:]port for metrics, health and a page over HTTP (default: none)',
    read: asIs,
  },
  processes: { argument: '<number>', help: 'so many processes share the clients (default: 1)', read: count },
  logFormat: { argument: '<format>', help: 'text or json (default: text)', read: asIs },
  logLevel: { argument: '<level>', help: 'debug, info, warn or error (default: info)', read: asIs },
};

/** A setting that is a part of `awsMl`. */
interface PartOfAwsMl extends Setting {
  /** Where it stands in there. */
  readonly path: readonly [keyof AwsMlOptions, ...string[]];
}

const dollars = (text: string): number => {
  if (!/^\d+(?:\.\d+)?$/.test(text)) throw new Error('must be a number of US dollars');
  return Number(text);
};

const tableName = (text: string): true | string => text === 'true' || text;

/** What of `awsMl` has one value. Prices, quotas and the rest are structures: they stand in the file alone. */
export const awsMlSettings: Readonly<Record<string, PartOfAwsMl>> = {
  region: { path: ['region'], argument: '<name>', help: "AWS region (default: the SDK's, AWS_REGION, …)", read: asIs },
  onError: {
    path: ['onError'],
    argument: '<what>',
    help: 'a failed call gives: fail or null (default: fail)',
    read: asIs,
  },
  maxConcurrency: {
    path: ['maxConcurrency'],
    argument: '<number>',
    help: 'most requests in flight to a service, an endpoint, a model',
    read: count,
  },
  maxAttempts: {
    path: ['maxAttempts'],
    argument: '<number>',
    help: 'HTTP requests for one request, the first included',
    read: count,
  },
  budgetRequests: {
    path: ['budget', 'maxRequests'],
    argument: '<number>',
    help: 'most requests of all statements',
    read: count,
  },
  budgetInputs: {
    path: ['budget', 'maxInputs'],
    argument: '<number>',
    help: 'most inputs of all statements',
    read: count,
  },
  budgetCost: {
    path: ['budget', 'maxCostUsd'],
    argument: '<usd>',
    help: 'most US dollars of all statements',
    read: dollars,
  },
  statementBudgetRequests: {
    path: ['statementBudget', 'maxRequests'],
    argument: '<number>',
    help: 'most requests of a statement',
    read: count,
  },
  statementBudgetInputs: {
    path: ['statementBudget', 'maxInputs'],
    argument: '<number>',
    help: 'most inputs of a statement',
    read: count,
  },
  statementBudgetCost: {
    path: ['statementBudget', 'maxCostUsd'],
    argument: '<usd>',
    help: 'most US dollars of a statement',
    read: dollars,
  },
  cacheTtl: {
    path: ['cache', 'ttlMs'],
    argument: '<time>',
    help: 'how long results are kept (default: not at all)',
    read: (text) => seconds(text) * 1000,
  },
  cacheSize: { path: ['cache', 'maxBytes'], argument: '<size>', help: 'memory for them', read: bytes },
  cacheTable: {
    path: ['cache', 'table'],
    argument: '<name>',
    help: 'a table for them; true is _aws_ml.result_cache',
    read: tableName,
  },
};

/** Every flag and variable, with the place of its value in the options. */
export const allSettings: Readonly<Record<string, Setting & { readonly path: readonly string[] }>> = {
  ...Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, { ...setting, path: [name] }])),
  ...Object.fromEntries(
    Object.entries(awsMlSettings).map(([name, setting]) => [name, { ...setting, path: ['awsMl', ...setting.path] }]),
  ),
};

export const settingNames = Object.keys(allSettings);

/** `--max-clients` */
export const flagOf = (name: string): string =>
  `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** `PG_AWS_ML_MAX_CLIENTS` */
export const variableOf = (name: string): string =>
  `PG_AWS_ML_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
