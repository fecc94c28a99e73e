import type { FaultInjector } from '../faults/fault-injector.js';
import { GatewayError, internalError } from '../faults/service-errors.js';
import type { RequestLog } from '../request-log.js';
import { AwsError } from '../services/aws-error.js';
import type { Backend } from '../services/backend.js';
import type { ServiceName } from '../services/service-name.js';
import { bedrockProtocol } from './bedrock-rest.js';
import { comprehendProtocol } from './comprehend-json.js';
import { deliver } from './deliver.js';
import type { RequestHead, WireResponse } from './exchange.js';
import type { AnyRequest, AnyResponse } from './listener.js';
import { type Invocation, jsonResponse, type Protocol } from './protocol.js';
import { readBody } from './read-body.js';
import { sagemakerProtocol } from './sagemaker-rest.js';
import { checkSignature } from './signature.js';

const PROTOCOLS: readonly Protocol[] = [comprehendProtocol, sagemakerProtocol, bedrockProtocol];

export type Injectors = Readonly<Record<ServiceName, FaultInjector>>;

interface Outcome {
  readonly response: WireResponse;
  readonly invocation?: Invocation | undefined;
  readonly errorCode?: string | undefined;
}

/** Takes requests from the listener through protocol, faults and backend, and logs them. */
export class RequestHandler {
  constructor(
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
    const requestId = this.newRequestId();
    const protocol = PROTOCOLS.find((candidate) => candidate.accepts(head));
    if (protocol === undefined) {
      request.resume();
      deliver(request, response, jsonResponse(404, 'application/json', { message: 'Not Found' }), requestId, 'whole');
      return;
    }
    const { service } = protocol;
    const injector = this.injectors[service];
    this.log.arrived(service);
    const inFlight = this.log.inFlight(service);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    try {
      const outcome = await this.answer(protocol, injector, head, request, inFlight, gone.signal);
      const delivery = injector.delivery();
      const errorCode = gone.signal.aborted ? undefined : outcome.errorCode;
      this.log.add({
        requestId,
        service,
        operation: outcome.invocation?.operation ?? '',
        target: outcome.invocation?.target ?? '',
        batchSize: outcome.invocation?.batchSize ?? 0,
        status: delivery === 'reset' || gone.signal.aborted ? 0 : outcome.response.status,
        ...(errorCode !== undefined && { errorCode }),
        latencyMs: performance.now() - startedAt,
        inFlight,
      });
      deliver(request, response, outcome.response, requestId, delivery);
    } catch {
      // The client went away while it was sending.
      request.destroy();
    } finally {
      this.log.left(service);
    }
  }

  private async answer(
    protocol: Protocol,
    injector: FaultInjector,
    head: RequestHead,
    request: AnyRequest,
    inFlight: number,
    gone: AbortSignal,
  ): Promise<Outcome> {
    const body = await readBody(request, protocol.bodyCap);
    let invocation: Invocation | undefined;
    try {
      checkSignature(head, protocol.signingName, protocol.unauthenticatedStatus);
      invocation = protocol.decode(head, body);
      await injector.beforeAnswer(invocation.operation, inFlight, gone);
      return { response: await invocation.run(injector.wrap(this.backend)), invocation };
    } catch (thrown) {
      const error = thrown instanceof AwsError ? thrown : internalError(protocol.service);
      const response = error instanceof GatewayError ? htmlResponse(error) : protocol.encodeError(error);
      return { response, invocation, errorCode: error.code };
    }
  }
}

const htmlResponse = ({ status, html }: GatewayError): WireResponse => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: Buffer.from(html),
});

function headOf(request: AnyRequest): RequestHead {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  return { method: request.method ?? 'GET', path, headers };
}
