import { safeTargetName } from '../functions/safe-target.js';
import type { MlService, MlTarget } from '../ml-service.js';
import { ConcurrencyLane, type ThrottlePatience } from './concurrency-lane.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { type Quota, RequestQuota } from './request-quota.js';

export type ServiceName = 'comprehend' | 'sagemaker' | 'bedrock';

/** Most requests at once: to Comprehend, to each SageMaker endpoint, to each Bedrock model. A number is for all three. */
export type MaxConcurrency = number | Partial<Readonly<Record<ServiceName, number>>>;

/** What a service is known to allow: Comprehend as a whole, each SageMaker endpoint, each Bedrock model. */
export type Quotas = Partial<Readonly<Record<ServiceName, Quota>>>;

export interface FlowOptions {
  /**
   * Most requests at once; how many of them a service takes is found out by trying. Default: 64 to Comprehend, 16 to each
   * SageMaker endpoint, 64 to each Bedrock model.
   */
  readonly maxConcurrency?: MaxConcurrency | undefined;
  /** Requests and inputs a second, where they are known: nothing needs to be throttled then. Default: no bound. */
  readonly quotas?: Quotas | undefined;
  /** Attempts of a request that is throttled, while the service throttles everything. Default: 10 seconds' worth. */
  readonly maxAttempts?: number | undefined;
}

/** Bounds on what is found out by trying: as many as keep a service busy at 50 ms, and few enough sockets for any host. */
export const defaultMaxConcurrency: Readonly<Record<ServiceName, number>> = {
  comprehend: 64,
  sagemaker: 16,
  bedrock: 64,
};

/** How many requests at once a service is given at the moment. */
export interface LaneLimit {
  readonly service: ServiceName;
  /** The endpoint or model, if it looks like a name; undefined where the limit is the whole service's. */
  readonly target: string | undefined;
  readonly limit: number;
}

const idleLanesKept = 256;

/** The lanes of all statements, made when first needed. */
export class ConcurrencyLanes {
  readonly #limits: Readonly<Record<ServiceName, number>>;
  readonly #quotas: Quotas;
  readonly #patience: Partial<ThrottlePatience>;
  readonly #lanes = new Map<string, { readonly lane: ConcurrencyLane } & Omit<LaneLimit, 'limit'>>();

  constructor({ maxConcurrency = {}, quotas = {}, maxAttempts }: FlowOptions = {}) {
    this.#quotas = quotas;
    this.#patience = maxAttempts === undefined ? {} : { attempts: maxAttempts };
    // Refused here rather than with the first call.
    for (const quota of Object.values(quotas)) new RequestQuota(quota);
    const { comprehend, sagemaker, bedrock } =
      typeof maxConcurrency === 'number'
        ? { comprehend: maxConcurrency, sagemaker: maxConcurrency, bedrock: maxConcurrency }
        : maxConcurrency;
    this.#limits = {
      comprehend: checkLimit(comprehend ?? defaultMaxConcurrency.comprehend),
      sagemaker: checkLimit(sagemaker ?? defaultMaxConcurrency.sagemaker),
      bedrock: checkLimit(bedrock ?? defaultMaxConcurrency.bedrock),
    };
  }

  of(service: MlService, target: MlTarget): ConcurrencyLane {
    const serviceName = serviceNameOf(service);
    const key = service.concurrencyScope === 'service' ? serviceName : `${serviceName} ${target.name}`;
    const known = this.#lanes.get(key);
    if (known !== undefined) return known.lane;
    this.#forgetIdle();
    const quota = this.#quotas[serviceName];
    const limit = new ConcurrencyLimit(this.#limits[serviceName]);
    const lane = new ConcurrencyLane(limit, quota && new RequestQuota(quota), this.#patience);
    const name = service.concurrencyScope === 'service' ? undefined : safeTargetName(service.function, target.name);
    this.#lanes.set(key, { lane, service: serviceName, target: name });
    return lane;
  }

  limits(): LaneLimit[] {
    return [...this.#lanes.values()].map(({ lane, service, target }) => ({ service, target, limit: lane.limit }));
  }

  /** Target names may come from rows: their number must not grow without bound. */
  #forgetIdle(): void {
    if (this.#lanes.size < idleLanesKept) return;
    for (const [key, { lane }] of this.#lanes) {
      if (lane.idle) this.#lanes.delete(key);
    }
  }
}

function serviceNameOf(service: MlService): ServiceName {
  return service.function.slice('aws_'.length, service.function.indexOf('.')) as ServiceName;
}

function checkLimit(limit: number): number {
  if (!(limit >= 1)) throw new RangeError(`maxConcurrency must be at least 1, but got: ${limit}`);
  return Math.floor(limit);
}
