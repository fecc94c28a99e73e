import { SERVICE_NAMES, type ServiceName } from './services/service-name.js';

/** One request as the server saw it. Holds no text of inputs or answers. */
export interface RequestEntry {
  readonly requestId: string;
  readonly service: ServiceName;
  readonly operation: string;
  /** Language, endpoint name, model id, bucket and key (`bucket/key`), or the name of a job or model; '' when the request was refused before it was understood. */
  readonly target: string;
  /** Documents or CSV rows of the request; 1 where a request is one input. */
  readonly batchSize: number;
  /** HTTP status; 0 without an answer: a fault reset the connection, or the client went away. */
  readonly status: number;
  /** AWS's error code, if the answer was an error. */
  readonly errorCode?: string;
  /** From the arrival of the request's head until the answer was handed over, in milliseconds. */
  readonly latencyMs: number;
  /** Requests of the service in flight when this one arrived, itself included. */
  readonly inFlight: number;
}

/** Sums over all requests of a service since the start or the last reset. */
export interface RequestCounters {
  readonly requests: number;
  /** Inputs of the requests that were answered without an error. */
  readonly inputs: number;
  readonly throttles: number;
  /** Requests that were not answered, or with an error: throttles, other errors, resets, clients that went away. */
  readonly errors: number;
  readonly maxInFlight: number;
}

type Mutable<T> = { -readonly [key in keyof T]: T[key] };

const MAX_ENTRIES = 100_000;
const THROTTLES: ReadonlySet<string> = new Set(['ThrottlingException', 'SlowDown']);

/** What the server was asked: the latest entries and counters of all. */
export class RequestLog {
  private kept: RequestEntry[] = [];
  private readonly sums = new Map<ServiceName, Mutable<RequestCounters>>();
  private readonly underWay = new Map<ServiceName, number>();

  constructor() {
    this.reset();
  }

  /** In the order in which the answers were sent; at most the latest 100,000. */
  get entries(): readonly RequestEntry[] {
    return this.kept;
  }

  /** All requests, of one service or of all. */
  total(service?: ServiceName): number {
    return this.counters(service).requests;
  }

  /** Requests that have arrived and are neither answered nor given up by their client; not touched by a reset. */
  inFlight(service?: ServiceName): number {
    const chosen: readonly ServiceName[] = service === undefined ? SERVICE_NAMES : [service];
    return chosen.reduce((sum, name) => sum + (this.underWay.get(name) ?? 0), 0);
  }

  counters(service?: ServiceName): RequestCounters {
    const chosen = service === undefined ? SERVICE_NAMES : [service];
    const total = zero();
    for (const name of chosen) {
      const sums = this.sums.get(name) ?? zero();
      total.requests += sums.requests;
      total.inputs += sums.inputs;
      total.throttles += sums.throttles;
      total.errors += sums.errors;
      total.maxInFlight = Math.max(total.maxInFlight, sums.maxInFlight);
    }
    return total;
  }

  /** @internal */
  arrived(service: ServiceName): void {
    this.underWay.set(service, this.inFlight(service) + 1);
  }

  /** @internal */
  left(service: ServiceName): void {
    this.underWay.set(service, this.inFlight(service) - 1);
  }

  /** @internal */
  add(entry: RequestEntry): void {
    this.kept.push(entry);
    if (this.kept.length > MAX_ENTRIES) this.kept = this.kept.slice(-MAX_ENTRIES / 2);
    const sums = this.sums.get(entry.service);
    if (sums === undefined) return;
    sums.requests += 1;
    if (entry.status >= 200 && entry.status < 400) sums.inputs += entry.batchSize;
    else sums.errors += 1;
    if (THROTTLES.has(entry.errorCode ?? '')) sums.throttles += 1;
    sums.maxInFlight = Math.max(sums.maxInFlight, entry.inFlight);
  }

  /** @internal */
  reset(): void {
    this.kept = [];
    for (const service of SERVICE_NAMES) this.sums.set(service, zero());
  }
}

function zero(): Mutable<RequestCounters> {
  return { requests: 0, inputs: 0, throttles: 0, errors: 0, maxInFlight: 0 };
}
