import type { MlService, MlTarget } from '../ml-service.js';
import { ConcurrencyLane } from './concurrency-lane.js';

export type ServiceName = 'comprehend' | 'sagemaker' | 'bedrock';

/** Most requests at once: to Comprehend, to each SageMaker endpoint, to each Bedrock model. A number is for all three. */
export type MaxConcurrency = number | Partial<Readonly<Record<ServiceName, number>>>;

/**
 * Comprehend and Bedrock: what the SDK's default retries survive at AWS's default quotas. SageMaker: an endpoint is a
 * few instances of the customer's, and a batch keeps one busy.
 */
export const defaultMaxConcurrency: Readonly<Record<ServiceName, number>> = {
  comprehend: 16,
  sagemaker: 8,
  bedrock: 16,
};

const idleLanesKept = 256;

/** The lanes of all statements, made when first needed. */
export class ConcurrencyLanes {
  readonly #limits: Readonly<Record<ServiceName, number>>;
  readonly #lanes = new Map<string, ConcurrencyLane>();

  constructor(maxConcurrency: MaxConcurrency = {}) {
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
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      this.#forgetIdle();
      lane = new ConcurrencyLane(this.#limits[serviceName]);
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  /** Target names may come from rows: their number must not grow without bound. */
  #forgetIdle(): void {
    if (this.#lanes.size < idleLanesKept) return;
    for (const [key, lane] of this.#lanes) {
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
