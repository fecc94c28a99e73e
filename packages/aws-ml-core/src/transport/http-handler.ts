import type { HttpAgent, HttpAnswer } from './http-agent.js';

/** What the SDK hands to its request handler. */
interface SdkHttpRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | null;
}

/** The `requestHandler` of an SDK client, over our agent. For bodies that are there as a whole. */
export class HttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #agent: HttpAgent;

  constructor(agent: HttpAgent) {
    this.#agent = agent;
  }

  async handle(
    request: SdkHttpRequest,
    options: { abortSignal?: AbortSignal } = {},
  ): Promise<{ response: HttpAnswer & { reason?: string } }> {
    const { method, headers, body = null } = request;
    const question = {
      origin: originOf(request),
      method,
      path: pathOf(request),
      headers: withoutLength(headers),
      body,
    };
    return { response: await this.#agent.send(question, options.abortSignal) };
  }

  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }

  destroy(): void {
    this.#agent.destroy();
  }
}

export function originOf({ protocol, hostname, port }: SdkHttpRequest): string {
  return port === undefined ? `${protocol}//${hostname}` : `${protocol}//${hostname}:${port}`;
}

export function pathOf({ path, query }: SdkHttpRequest): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value ?? '']) parameters.append(name, each);
  }
  return parameters.size === 0 ? path : `${path}?${parameters}`;
}

/** The agent knows the length of what it sends. */
function withoutLength(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { 'content-length': _, ...others } = headers;
  return others;
}
