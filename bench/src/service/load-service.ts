import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { ServiceCounts, ServiceMessage, ServiceSettings } from './service-process.js';

/** The running service process. */
export class LoadService {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#process = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<LoadService> {
    const child = fork(new URL('service-process.js', import.meta.url));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new LoadService(child, port);
  }

  /** Sets latency and quota, and counts from zero. */
  async configure(settings: ServiceSettings): Promise<void> {
    await this.#ask({ configure: settings });
  }

  async counts(): Promise<ServiceCounts> {
    return this.#ask({ count: true });
  }

  stop(): void {
    this.#process.disconnect();
  }

  async #ask(message: ServiceMessage): Promise<ServiceCounts> {
    this.#process.send(message);
    const [{ counts }] = (await once(this.#process, 'message')) as [{ counts: ServiceCounts }];
    return counts;
  }
}
