import type { Client, Dispatcher } from 'undici';

export interface HttpQuestion {
  readonly origin: string;
  readonly method: string;
  /** With the query, if there is one. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | null;
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpAgentOptions {
  readonly connectionTimeoutMs: number;
  /** Undefined: no bound. */
  readonly requestTimeoutMs: number | undefined;
}

/** Beyond what most load balancers keep a connection open for, a request is likelier to meet one that is closing. */
const keepAliveMs = 10_000;

/**
 * HTTP/1.1 over kept connections, as many as there are requests at once. Answers are complete or an error, and errors
 * look like those of the SDK's own handler, so that the SDK treats them as such.
 *
 * Not undici's Pool: it frees a connection a turn of the event loop after the answer, and so takes a new one for a
 * request that follows at once, up to twice as many.
 */
export class HttpAgent {
  readonly #connect: (origin: string) => Client;
  readonly #idle = new Map<string, Client[]>();
  readonly #clients = new Set<Client>();

  constructor(
    undici: Pick<typeof import('undici'), 'Client'>,
    { connectionTimeoutMs, requestTimeoutMs = 0 }: HttpAgentOptions,
  ) {
    const options = {
      connect: { timeout: connectionTimeoutMs },
      headersTimeout: requestTimeoutMs,
      bodyTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveMs,
    };
    this.#connect = (origin) => new undici.Client(origin, options);
  }

  send(question: HttpQuestion, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    if (signal?.aborted) return Promise.reject(abortError());
    const idle = this.#idleOf(question.origin);
    const client = idle.pop() ?? this.#open(question.origin);
    return new Promise((resolve, reject) => {
      const exchange = new Exchange(resolve, reject, signal, () => idle.push(client));
      client.dispatch(question as Dispatcher.DispatchOptions, exchange);
    });
  }

  destroy(): void {
    for (const client of this.#clients) client.destroy().catch(() => undefined);
  }

  #idleOf(origin: string): Client[] {
    let idle = this.#idle.get(origin);
    if (idle === undefined) {
      idle = [];
      this.#idle.set(origin, idle);
    }
    return idle;
  }

  #open(origin: string): Client {
    const client = this.#connect(origin);
    this.#clients.add(client);
    return client;
  }
}

/** One request and its answer. */
class Exchange implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #statusCode = 0;
  #headers: Record<string, string> = {};
  readonly #chunks: Buffer[] = [];
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #release: () => void;
  readonly #onAbort = () => {
    const error = abortError();
    this.#reject(error);
    this.#controller?.abort(error);
  };

  constructor(
    resolve: (answer: HttpAnswer) => void,
    reject: (error: Error) => void,
    signal: AbortSignal | undefined,
    release: () => void,
  ) {
    this.#release = release;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#signal?.aborted) controller.abort(abortError());
  }

  onResponseStart(_: Dispatcher.DispatchController, statusCode: number, headers: Record<string, unknown>): void {
    this.#statusCode = statusCode;
    this.#headers = headers as Record<string, string>;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#release();
    this.#resolve({ statusCode: this.#statusCode, headers: this.#headers, body: bodyOf(this.#chunks) });
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#release();
    this.#reject(asSdkError(error));
  }
}

/** Nearly every answer comes as one chunk, which needs no copy. */
function bodyOf(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

function abortError(): Error {
  return Object.assign(new Error('Request aborted'), { name: 'AbortError' });
}

/** undici's own codes in the terms that the SDK's retries know. System errors are the same in both. */
function asSdkError(error: Error & { code?: string }): Error {
  const { code = '' } = error;
  if (/^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code)) {
    return Object.assign(new Error('the request timed out'), { name: 'TimeoutError' });
  }
  if (/^(UND_ERR_|HPE_)/.test(code)) {
    return Object.assign(new Error('the connection was lost'), { code: 'ECONNRESET' });
  }
  return error;
}
