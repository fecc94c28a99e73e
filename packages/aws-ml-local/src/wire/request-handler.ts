import type { Readable } from 'node:stream';
import type { Delivery, FaultInjector } from '../faults/fault-injector.js';
import { GatewayError, internalError } from '../faults/service-errors.js';
import type { RequestLog } from '../request-log.js';
import { AwsError } from '../services/aws-error.js';
import type { Backend } from '../services/backend.js';
import type { ServiceName } from '../services/service-name.js';
import { deliver } from './deliver.js';
import type { RequestHead, WireResponse } from './exchange.js';
import type { AnyRequest, AnyResponse } from './listener.js';
import { type Invocation, jsonResponse, type Protocol } from './protocol.js';
import { bodyStream, readBody } from './read-body.js';

export type Injectors = Readonly<Record<ServiceName, FaultInjector>>;

interface Arrival {
  readonly protocol: Protocol;
  readonly head: RequestHead;
  readonly request: AnyRequest;
  readonly requestId: string;
  readonly injector: FaultInjector;
  /** Requests of the service in flight, this one included. */
  readonly inFlight: number;
  /** Set when the client has gone. */
  readonly gone: AbortSignal;
}

interface Outcome {
  readonly response: WireResponse;
  readonly delivery: Delivery;
  readonly invocation?: Invocation | undefined;
  readonly errorCode?: string | undefined;
}

/** Takes requests from the listener through protocol, faults and backend, and logs them. */
export class RequestHandler {
  constructor(
    /** The first that accepts a request answers it. */
    private readonly protocols: readonly Protocol[],
    private readonly backend: Backend,
    private readonly log: RequestLog,
    private injectors: Injectors,
    private readonly newRequestId: () => string,
  ) {}

  setInjectors(injectors: Injectors): void {
    this.injectors = injectors;
  }

  async handle(request: AnyRequest, response: AnyResponse): Promise<void> {
    const startedAt = performance.now();
    const head = headOf(request);
    const protocol = this.protocols.find((candidate) => candidate.accepts(head));
    if (protocol === undefined) {
      request.resume();
      await deliver(request, response, jsonResponse(404, 'application/json', { message: 'Not Found' }), 'whole');
      return;
    }
    const { service } = protocol;
    const injector = this.injectors[service];
    this.log.arrived(service);
    const inFlight = this.log.inFlight(service);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const requestId = this.newRequestId();
    try {
      const arrival = { protocol, head, request, requestId, injector, inFlight, gone: gone.signal };
      const { delivery, ...outcome } = await this.answer(arrival);
      const leftAlone = gone.signal.aborted || request.readableAborted;
      const errorCode = leftAlone ? undefined : outcome.errorCode;
      this.log.add({
        requestId,
        service,
        operation: outcome.invocation?.operation ?? '',
        target: outcome.invocation?.target ?? '',
        batchSize: outcome.invocation?.batchSize ?? 0,
        status: delivery === 'reset' || leftAlone ? 0 : outcome.response.status,
        ...(errorCode !== undefined && { errorCode }),
        latencyMs: performance.now() - startedAt,
        inFlight,
      });
      await deliver(request, response, outcome.response, delivery);
    } catch {
      // The client went away while it was sending.
      request.destroy();
    } finally {
      this.log.left(service);
    }
  }

  private async answer(arrival: Arrival): Promise<Outcome> {
    const { protocol, head, request, requestId, injector, inFlight, gone } = arrival;
    const named = (response: WireResponse): WireResponse => ({
      ...response,
      headers: { ...response.headers, [protocol.requestIdHeader]: requestId },
    });
    const bytes: Readable = request;
    const whole = protocol.bodyCap === undefined ? undefined : await readBody(bytes, protocol.bodyCap);
    let invocation: Invocation | undefined;
    let delivery: Delivery | undefined;
    try {
      protocol.authenticate(head);
      invocation =
        protocol.bodyCap === undefined
          ? protocol.decode(
              head,
              bodyStream(bytes, () => (delivery === 'reset' ? lengthOf(head) / 2 : Infinity)),
            )
          : protocol.decode(head, whole!);
      delivery = injector.delivery(invocation.operation);
      await injector.beforeAnswer(invocation.operation, inFlight, gone);
      return { response: named(await invocation.run(injector.wrap(this.backend))), invocation, delivery };
    } catch (thrown) {
      const error = thrown instanceof AwsError ? thrown : internalError(protocol.service);
      const response = error instanceof GatewayError ? htmlResponse(error) : protocol.encodeError(error, requestId);
      delivery ??= injector.delivery('');
      return { response: named(response), invocation, delivery, errorCode: error.code };
    }
  }
}

const htmlResponse = ({ status, html }: GatewayError): WireResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from(html),
});

const lengthOf = ({ headers }: RequestHead): number => Number(headers['content-length'] ?? 0);

function headOf(request: AnyRequest): RequestHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return { method: request.method ?? 'GET', path, query: new URLSearchParams(url.slice(path.length)), headers };
}
