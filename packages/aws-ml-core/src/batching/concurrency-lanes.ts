import { safeTargetName } from '../functions/safe-target.js';
import type { MlService, MlTarget } from '../ml-service.js';
import type { FlowOptions, Quotas, ServiceName } from '../options/flow-options.js';
import { ConcurrencyLane, type ThrottlePatience } from './concurrency-lane.js';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { RequestQuota } from './request-quota.js';

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
    const { comprehend, sagemaker, bedrock } =
      typeof maxConcurrency === 'number'
        ? { comprehend: maxConcurrency, sagemaker: maxConcurrency, bedrock: maxConcurrency }
        : maxConcurrency;
    this.#limits = {
      comprehend: comprehend ?? defaultMaxConcurrency.comprehend,
      sagemaker: sagemaker ?? defaultMaxConcurrency.sagemaker,
      bedrock: bedrock ?? defaultMaxConcurrency.bedrock,
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
