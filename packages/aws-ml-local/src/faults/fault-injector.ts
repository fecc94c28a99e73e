import { setTimeout as delay } from 'node:timers/promises';
import { csvLine, parseCsv } from '../csv.js';
import type { Random } from '../random.js';
import { AwsError } from '../services/aws-error.js';
import type { Backend, DocumentAnswer, EndpointAnswer } from '../services/backend.js';
import type { ServiceName } from '../services/service-name.js';
import type { DocumentFault, ServiceFaults } from './faults.js';
import { OccurrenceCounter } from './occurrence-counter.js';
import { RateLimit } from './rate-limit.js';
import { accessDenied, GatewayError, internalError, limitExceeded, throttled, unavailable } from './service-errors.js';

/** What happens to the bytes of an answer. */
export type Delivery = 'whole' | 'reset' | 'truncated' | 'malformed';

/** What becomes of a stage of a job. */
export type StageOutcome =
  | { readonly kind: 'goes on' }
  | { readonly kind: 'hangs' }
  | { readonly kind: 'fails'; readonly reason: string };

/** The faults of one service, with their counters. */
export class FaultInjector {
  private readonly counters: Record<
    | 'accessDenied'
    | 'limitExceeded'
    | 'failAt'
    | 'hangAt'
    | 'throttle'
    | 'serverError'
    | 'unavailable'
    | 'gateway'
    | 'error'
    | 'reset'
    | 'truncate'
    | 'malformed',
    OccurrenceCounter
  >;
  private readonly documents: OccurrenceCounter;
  private readonly rows: OccurrenceCounter;
  private readonly rate: RateLimit | undefined;

  constructor(
    private readonly service: ServiceName,
    private readonly faults: ServiceFaults,
    private readonly random: Random,
  ) {
    const { throttle } = faults;
    const spec = typeof throttle === 'object' ? throttle : undefined;
    const rateOnly = spec?.perSecond !== undefined && spec.first === undefined && spec.every === undefined;
    this.rate = spec?.perSecond === undefined ? undefined : new RateLimit(spec.perSecond);
    this.counters = {
      accessDenied: new OccurrenceCounter(faults.accessDenied),
      limitExceeded: new OccurrenceCounter(faults.limitExceeded),
      failAt: new OccurrenceCounter(faults.failAt),
      hangAt: new OccurrenceCounter(faults.hangAt),
      throttle: new OccurrenceCounter(rateOnly ? undefined : throttle),
      serverError: new OccurrenceCounter(faults.serverError),
      unavailable: new OccurrenceCounter(faults.unavailable),
      gateway: new OccurrenceCounter(faults.gateway),
      error: new OccurrenceCounter(faults.error),
      reset: new OccurrenceCounter(faults.reset),
      truncate: new OccurrenceCounter(faults.truncate),
      malformed: new OccurrenceCounter(faults.malformed),
    };
    this.documents = new OccurrenceCounter(faults.documentErrors);
    this.rows = new OccurrenceCounter(faults.wrongRows);
  }

  /**
   * Throws the error that strikes this request, if any, after the latency. Refusals (access, throttling) come at once,
   * so that they don't count as in flight for long. `gone` ends the wait when nobody is there to be answered.
   */
  async beforeAnswer(operation: string, inFlight: number, gone: AbortSignal): Promise<void> {
    const { faults, counters, service } = this;
    if (counters.accessDenied.strikes(operation)) throw accessDenied(service, operation);
    const overRate = counters.throttle.strikes(operation) || this.rate?.take() === false;
    if (overRate || inFlight > (faults.maxConcurrency ?? Infinity)) throw throttled(service);
    // Decided before the wait: a request must not be overtaken in the count.
    const error = this.serviceError(operation);
    const latency = this.latency();
    if (latency > 0) await delay(latency, undefined, { signal: gone });
    if (error !== undefined) throw error;
  }

  /** How to deliver the answer that has just been computed. */
  delivery(operation: string): Delivery {
    if (this.counters.reset.strikes(operation)) return 'reset';
    if (this.counters.truncate.strikes(operation)) return 'truncated';
    if (this.counters.malformed.strikes(operation)) return 'malformed';
    return 'whole';
  }

  /** Puts per-document errors and wrong row counts between a protocol and its backend. */
  wrap(backend: Backend): Backend {
    return {
      detectSentiment: async (texts, languageCode) => {
        const answers = await backend.detectSentiment(texts, languageCode);
        return answers.map((answer, index) => this.spoilDocument(texts[index] ?? '', answer));
      },
      invokeEndpoint: async (request) => this.spoilRows(await backend.invokeEndpoint(request)),
      invokeModel: (request) => backend.invokeModel(request),
      converse: (request) => backend.converse(request),
      close: () => backend.close(),
    };
  }

  /** What befalls a job or an endpoint that `operation` has begun, in the stage it has just come to. */
  atStage(operation: string, stage: string): StageOutcome {
    const { failAt, hangAt } = this.faults;
    if (hangAt?.stage === stage && this.counters.hangAt.strikes(operation)) return { kind: 'hangs' };
    if (failAt?.stage === stage && this.counters.failAt.strikes(operation)) {
      return { kind: 'fails', reason: failAt.reason ?? `The fault of stage ${stage} struck.` };
    }
    return { kind: 'goes on' };
  }

  private serviceError(operation: string): AwsError | undefined {
    const { faults, counters, service } = this;
    if (operation.startsWith('Create') && counters.limitExceeded.strikes(operation)) return limitExceeded(operation);
    if (counters.serverError.strikes(operation)) return internalError(service);
    if (counters.unavailable.strikes(operation)) return unavailable(service);
    if (faults.gateway !== undefined && counters.gateway.strikes(operation))
      return new GatewayError(faults.gateway.status);
    if (faults.error === undefined || !counters.error.strikes(operation)) return undefined;
    return new AwsError(faults.error.code, faults.error.status, faults.error.message ?? '');
  }

  private latency(): number {
    const { latencyMs } = this.faults;
    if (latencyMs === undefined || typeof latencyMs === 'number') return latencyMs ?? 0;
    const [from, to] = latencyMs;
    return from + this.random() * (to - from);
  }

  private spoilDocument(text: string, answer: DocumentAnswer): DocumentAnswer {
    const fault = this.faults.documentErrors;
    if (fault === undefined || !matches(fault, text) || !this.documents.strikes()) return answer;
    return {
      errorCode: fault.errorCode ?? 'INTERNAL_SERVER_ERROR',
      errorMessage: fault.errorMessage ?? 'Internal Server Error',
    };
  }

  private spoilRows(answer: EndpointAnswer): EndpointAnswer {
    const fault = this.faults.wrongRows;
    if (fault === undefined || !answer.contentType.startsWith('text/csv') || !this.rows.strikes()) return answer;
    const rows = parseCsv(answer.body);
    const added = Array.from({ length: Math.max(0, fault.delta) }, () => rows[0] ?? ['']);
    const kept = [...rows, ...added].slice(0, Math.max(0, rows.length + fault.delta));
    return { ...answer, body: Buffer.from(kept.map((row) => `${csvLine(row)}\n`).join('')) };
  }
}

function matches({ matching }: DocumentFault, text: string): boolean {
  if (matching === undefined) return true;
  return typeof matching === 'string' ? text.includes(matching) : matching(text);
}
