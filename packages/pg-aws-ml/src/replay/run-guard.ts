import type { StatementContext } from '../pool-state/statement-context.js';
import { type Backend, ownBackend } from '../stubs/live-results.js';

/** A cancel request that hit nothing is sent again. */
const RETRY_MS = 500;
/** Silence that is twice as long as all that was before it means that nothing more is to come. */
const SILENCE_SHARE = 2;

/**
 * Ends a run that may never end by itself: a call without a result gives NULL, and a loop may wait for something else.
 * The run's own connection is busy, so the request to cancel goes over the second connection of the pool.
 */
export class RunGuard {
  /** Whether the server has been asked to cancel the run. */
  stopped = false;
  readonly #context: StatementContext;
  readonly #backend: Promise<Backend | undefined>;
  readonly #began = performance.now();
  readonly #end = new AbortController();
  #cancelling: Promise<void> | undefined;
  #silence: NodeJS.Timeout | undefined;
  #heard = 0;
  #patience = 0;

  /** To be called in the transaction or savepoint of the run, before it. Sends a query and does not wait for it. */
  constructor(context: StatementContext) {
    this.#context = context;
    this.#backend = ownBackend(context.connection).catch(() => undefined);
  }

  /** Has the run cancelled unless this is called again within so many milliseconds, or longer where it has run long. */
  expectMore(milliseconds: number): void {
    this.#heard = performance.now();
    this.#patience = Math.max(milliseconds, SILENCE_SHARE * (this.#heard - this.#began));
    if (this.#silence === undefined) this.#listen(this.#patience);
  }

  #listen(milliseconds: number): void {
    this.#silence = setTimeout(() => {
      // What has arrived while this process was busy comes first.
      setImmediate(() => {
        if (this.#end.signal.aborted) return;
        const left = this.#heard + this.#patience - performance.now();
        if (left > 0) this.#listen(left);
        else this.stop();
      });
    }, milliseconds);
  }

  /** Has the run cancelled, if need be several times: it may catch that. */
  stop(): void {
    this.stopped = true;
    this.#cancelling ??= this.#cancelUntilEnded();
  }

  async #cancelUntilEnded(): Promise<void> {
    const { answering } = this.#context.state;
    const backend = await this.#backend;
    while (backend !== undefined && !this.#end.signal.aborted) {
      try {
        await answering.acquire();
        await answering.cancel(backend).finally(() => answering.release());
      } catch {
        // The second connection may be back the next time.
      }
      await this.#endOr(RETRY_MS);
    }
  }

  #endOr(milliseconds: number): Promise<void> {
    const { signal } = this.#end;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(done, milliseconds);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }

  /** To be called when the run has ended, and before it is undone or kept. Nothing is cancelled any more then. */
  async end(): Promise<void> {
    clearTimeout(this.#silence);
    this.#end.abort();
    if (this.#cancelling === undefined) return;
    await this.#cancelling;
    // A request that has come too late hits this, if anything.
    const { connection } = this.#context;
    await connection.sync();
    await connection.run('').catch(() => {});
  }
}
