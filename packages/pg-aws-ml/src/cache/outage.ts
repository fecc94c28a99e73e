/** For so long nothing is tried after a failure. */
const REST_MS = 60_000;

/** SQLSTATE of what a standby, or a session that only reads, refuses. */
const READ_ONLY = '25006';

/** Why a cache's table is left alone for a while. */
export interface CacheFailure {
  /** What it cannot be. */
  readonly work: 'read' | 'written';
  readonly table: string;
  /** SQLSTATE; undefined where the error has none. */
  readonly code: string | undefined;
}

/** Keeps a broken cache from slowing down every statement, and says what is wrong: as a warning once for each reason. */
export class Outage {
  readonly #work: CacheFailure['work'];
  readonly #table: string;
  readonly #onFailure: (failure: CacheFailure) => void;
  readonly #warned = new Set<string | undefined>();
  #until = 0;

  constructor(work: CacheFailure['work'], table: string, onFailure: (failure: CacheFailure) => void) {
    this.#work = work;
    this.#table = table;
    this.#onFailure = onFailure;
  }

  get lasts(): boolean {
    return Date.now() < this.#until;
  }

  begin(error: unknown): void {
    const isNew = !this.lasts;
    this.#until = Date.now() + REST_MS;
    const { code: given, message } = error as { code?: unknown; message?: unknown };
    const code = typeof given === 'string' ? given : undefined;
    if (code === READ_ONLY) return;
    if (isNew) this.#onFailure({ work: this.#work, table: this.#table, code });
    if (this.#warned.has(code)) return;
    this.#warned.add(code);
    // Errors about names and privileges hold no values.
    const facts = code?.startsWith('42') ? `: ${String(message)}` : '';
    process.emitWarning(
      `the cache ${this.#table} cannot be ${this.#work} (${code ?? 'no SQLSTATE'})${facts}; statements go on without it`,
      { type: 'AwsMlCacheWarning' },
    );
  }
}
