import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { type AddressInfo, isIP } from 'node:net';
import { listenAddress } from '../start-up/listen-address.js';
import { History, SAMPLE_MS } from './history.js';
import { exposition } from './metrics.js';
import { pageFile } from './page-files.js';
import type { ReportKind, Reports } from './process-report.js';
import { type ServiceState, type Status, sumOfStatuses } from './status.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** What is served: of one process, or of several. */
export interface AdminSource {
  state(): ServiceState;
  /** Asked of each process; those that don't answer are missing. */
  reports<Kind extends ReportKind>(kind: Kind): Promise<readonly Reports[Kind][]>;
  /** Whether the server can be reached. */
  reachable(): Promise<boolean>;
}

export interface RunningAdmin {
  readonly host: string;
  readonly port: number;
  close(): Promise<void>;
}

interface Answer {
  readonly status?: number;
  readonly type: string;
  readonly body: string | Buffer;
}

/** Whoever may reach it sees who is connected and what it costs: nothing can be changed by it. */
const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/**
 * Serves health, metrics and the page over HTTP.
 *
 * @param address `host:port`, `port`, `[::1]:port`; the host is 127.0.0.1 unless it is named
 * @throws ConfigurationError; the error of the system where it cannot listen
 */
export async function startAdmin(address: string, source: AdminSource): Promise<RunningAdmin> {
  const pages = new AdminPages(source);
  const server = createServer((request, response) => void serve(request, response, pages));
  server.listen(listenAddress(address, 'admin'));
  await once(server, 'listening');
  const { address: host, port } = server.address() as AddressInfo;
  pages.begin();
  return {
    host,
    port,
    async close() {
      pages.end();
      await closed(server);
    },
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, pages: AdminPages): Promise<void> {
  const answer = await answerTo(request, pages).catch(() => text(500, 'internal error'));
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status ?? 200, {
    ...HEADERS,
    'content-type': answer.type,
    'content-length': bytes.length,
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function answerTo(request: IncomingMessage, pages: AdminPages): Promise<Answer> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'only GET and HEAD');
  if (!isMeantForUs(request)) return text(421, 'ask by an address, or by the name localhost');
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  return pages.answer(pathname, searchParams);
}

/** A page from elsewhere may make a name point to 127.0.0.1, and so read what only this machine may. */
function isMeantForUs({ socket, headers }: IncomingMessage): boolean {
  const local = socket.localAddress ?? '';
  if (!/^(::ffff:)?127\.|^::1$/.test(local)) return true;
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  return isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0 || host === 'localhost' || host.endsWith('.localhost');
}

class AdminPages {
  readonly #source: AdminSource;
  readonly #history = new History();
  readonly #startedAt = Date.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(source: AdminSource) {
    this.#source = source;
  }

  begin(): void {
    const sample = () => {
      this.#status()
        .then((status) => this.#history.add(status))
        .catch(() => {});
    };
    this.#timer = setInterval(sample, SAMPLE_MS);
    this.#timer.unref();
    sample();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  async answer(path: string, parameters: URLSearchParams): Promise<Answer> {
    switch (path) {
      case '/startup':
        return this.#source.state() === 'starting' ? text(503, 'starting') : text(200, 'started');
      case '/liveness':
        return text(200, 'alive');
      case '/readiness':
        return this.#readiness();
      case '/metrics': {
        const { type, text: body } = await exposition(await this.#source.reports('metrics'));
        return { type, body };
      }
      case '/status.json': {
        const since = Number(parameters.get('since') ?? 0);
        const status = await this.#status();
        return { type: 'application/json', body: JSON.stringify({ ...status, moments: this.#history.since(since) }) };
      }
    }
    const file = await pageFile(path);
    return file === undefined ? text(404, 'there is no such page') : { type: file.type, body: file.bytes };
  }

  async #readiness(): Promise<Answer> {
    const state = this.#source.state();
    if (state !== 'running') return text(503, state);
    return (await this.#source.reachable()) ? text(200, 'ready') : text(503, 'the server cannot be reached');
  }

  async #status(): Promise<Status> {
    const processes = await this.#source.reports('status');
    return {
      at: Date.now(),
      startedAt: this.#startedAt,
      version,
      state: this.#source.state(),
      processes: processes.length,
      ...sumOfStatuses(processes),
    };
  }
}

const text = (status: number, body: string): Answer => ({
  status,
  type: 'text/plain; charset=utf-8',
  body: `${body}\n`,
});
