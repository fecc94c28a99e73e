import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as AWS's wire protocols carry it. */
export interface WireRequest {
  /** 1 for the first request since the start or the latest `script`. */
  readonly number: number;
  readonly operation: string;
  /** The endpoint's or model's name. */
  readonly target: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface WireAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly delayMs?: number;
  /** Cuts the connection: before the answer, or in the middle of its body. */
  readonly cut?: 'before' | 'within';
  /** Sends half of the body and no more. */
  readonly stall?: boolean;
}

export type Script = (request: WireRequest) => WireAnswer;

/** Plays the three services by a script, and keeps what they were asked. */
export class WireServer {
  requests: WireRequest[] = [];
  /** Connections that the client closed before it had its answer. */
  abandoned = 0;
  inFlight = 0;
  maxInFlight = 0;
  connections = 0;
  openConnections = 0;
  #script: Script = () => ({ status: 500 });
  readonly #server = http.createServer((request, response) => void this.#serve(request, response));

  async start(): Promise<void> {
    this.#server.on('connection', (socket) => {
      this.connections += 1;
      this.openConnections += 1;
      socket.on('close', () => {
        this.openConnections -= 1;
      });
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  script(script: Script): void {
    this.#script = script;
    this.requests = [];
    this.abandoned = 0;
    this.maxInFlight = 0;
    this.connections = 0;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const wireRequest = {
      number: this.requests.length + 1,
      ...route(request),
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    this.requests.push(wireRequest);
    this.inFlight += 1;
    this.maxInFlight = Math.max(this.maxInFlight, this.inFlight);
    response.on('close', () => {
      this.inFlight -= 1;
      if (!response.writableFinished) this.abandoned += 1;
    });
    const answer = this.#script(wireRequest);
    await sleep(answer.delayMs ?? 1);
    if (answer.cut === 'before') {
      request.socket.destroy();
      return;
    }
    const body = Buffer.from(answer.body ?? '');
    const headers = {
      'x-amzn-requestid': `request-${wireRequest.number}`,
      'content-length': body.length,
      ...answer.headers,
    };
    response.writeHead(answer.status ?? 200, headers);
    if (answer.cut !== 'within' && !answer.stall) {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, body.length >> 1), () => {
      if (answer.cut) request.socket.destroy();
    });
  }
}

function route(request: http.IncomingMessage): { operation: string; target: string | undefined } {
  const amzTarget = request.headers['x-amz-target'];
  if (typeof amzTarget === 'string')
    return { operation: amzTarget.slice(amzTarget.indexOf('.') + 1), target: undefined };
  const match = /^\/(endpoints|model)\/([^/]+)\/(invocations|invoke)$/.exec(request.url ?? '');
  const operation = match?.[1] === 'endpoints' ? 'InvokeEndpoint' : 'InvokeModel';
  return { operation, target: decodeURIComponent(match?.[2] ?? '') };
}

/** An error in the shapes of all three services. */
export function awsError(status: number, name: string, message: string, members: object = {}): WireAnswer {
  return {
    status,
    headers: { 'x-amzn-errortype': name, 'content-type': 'application/json' },
    body: JSON.stringify({ __type: name, message, Message: message, ...members }),
  };
}

export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' };
