import type { ServerConnection } from './server-connection.js';

/** One name serves every unit: an inner savepoint hides an outer one until it is released. */
const SAVEPOINT = 'aws_ml_unit';

/** How often a ROLLBACK is tried: a cancel request may arrive late and end it. */
const MAX_ROLLBACKS = 3;

/** A connection, and whether a transaction block is open on it that its user goes on with. */
export interface TransactionScope {
  readonly connection: ServerConnection;
  readonly inBlock: boolean;
}

/** Is told when a unit begins and, where it is undone, when it has been rolled back. */
export interface UnitWitness {
  begin(): void;
  /** Before the server publishes the statistics of the transaction. */
  end(): Promise<void>;
}

export interface TransactionOptions {
  /** Of a transaction of its own; a savepoint has that of its block. Default: the session's. */
  readonly isolation?: 'REPEATABLE READ' | undefined;
  /** Whether a transaction of its own may write where the session's default is read-only. Default: the session's. */
  readonly writable?: boolean;
  readonly undone?: UnitWitness | undefined;
}

export interface UnitOptions extends TransactionOptions {
  /** Whether to keep what the work has done where it succeeds; it is undone where it fails. */
  readonly keep: boolean;
  /** Whether everything that the work sends is sent at once: the end of the unit then travels with it. Needs `keep`. */
  readonly atOnce?: boolean;
}

/**
 * Runs work in a transaction of its own or, in an open block, under a savepoint. However it ends, the session's status is
 * then what it was before, or that of a failed block.
 *
 * Outside of a block, what was sent before is committed first; afterwards the connection is synced.
 */
export async function inUnit<T>(scope: TransactionScope, options: UnitOptions, work: () => Promise<T>): Promise<T> {
  const unit = TransactionUnit.begin(scope, options);
  let result: T;
  try {
    if (options.atOnce) [result] = await Promise.all([work(), unit.keep()]);
    else {
      result = await work();
      if (options.keep) await unit.keep();
    }
  } catch (error) {
    await unit.undo().catch(() => {});
    throw error;
  }
  if (!options.keep) await unit.undo();
  return result;
}

/**
 * Runs work in one transaction without savepoint: in the open block, which fails with it, or in an implicit transaction.
 * The connection is synced afterwards.
 */
export async function inOneTransaction<T>(connection: ServerConnection, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await connection.sync();
    throw error;
  }
  await connection.sync();
  return result;
}

/** Ends the implicit transaction of what was sent so far, unless a block is open. */
export async function settle({ connection, inBlock }: TransactionScope): Promise<void> {
  if (!inBlock && !connection.synced) await connection.sync();
}

/** Rolls back whatever transaction is open, also one that has failed. The connection is synced afterwards. */
export async function rollBack(connection: ServerConnection, undone?: UnitWitness): Promise<void> {
  // A failed statement makes the server skip everything up to here.
  await connection.sync();
  for (let attempt = 1; connection.transactionStatus !== 'I'; attempt++) {
    // The server publishes its counts with the Sync.
    const sent = await Promise.allSettled([connection.run('ROLLBACK'), attempt === 1 ? undone?.end() : undefined]);
    await connection.sync();
    const failed = sent.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined && attempt === MAX_ROLLBACKS) throw failed.reason;
  }
}

/**
 * A part of the session's work that is kept or undone as a whole: a transaction of its own, or a savepoint in an open
 * block. For work that begins in one place and ends in another; `inUnit` is for everything else.
 */
export class TransactionUnit {
  readonly #scope: TransactionScope;
  readonly #undone: UnitWitness | undefined;

  private constructor(scope: TransactionScope, undone: UnitWitness | undefined) {
    this.#scope = scope;
    this.#undone = undone;
  }

  /** Sends the beginning and does not wait for it. */
  static begin(scope: TransactionScope, options: TransactionOptions = {}): TransactionUnit {
    const { connection, inBlock } = scope;
    if (inBlock) void ignored(connection.run(`SAVEPOINT ${SAVEPOINT}`));
    else {
      if (!connection.synced) void ignored(connection.sync());
      void ignored(connection.run(begin(options)));
    }
    options.undone?.begin();
    return new TransactionUnit(scope, options.undone);
  }

  /**
   * Keeps what was done. Rejects where the transaction cannot commit; it is to be undone then.
   * @param connection another hold of the same physical connection, where somebody else has used it in between
   */
  async keep(connection = this.#scope.connection): Promise<void> {
    if (this.#scope.inBlock) {
      await connection.run(`RELEASE SAVEPOINT ${SAVEPOINT}`);
      return;
    }
    await connection.run('COMMIT');
    await connection.sync();
    if (connection.transactionStatus !== 'I') throw new Error('a transaction of pg-aws-ml is open after its COMMIT');
  }

  /**
   * Undoes everything, whether a statement has failed or not.
   * @param run `statement` where it was the application's own run of its statement: its function calls count
   */
  async undo(run: 'probe' | 'statement' = 'probe', connection = this.#scope.connection): Promise<void> {
    const undone = run === 'probe' ? this.#undone : undefined;
    if (!this.#scope.inBlock) return rollBack(connection, undone);
    // A failed statement makes the server skip everything up to here.
    await connection.sync();
    void ignored(connection.run(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`));
    await Promise.all([undone?.end(), connection.run(`RELEASE SAVEPOINT ${SAVEPOINT}`)]);
  }
}

function begin({ isolation, writable }: TransactionOptions): string {
  const level = isolation === undefined ? '' : ` ISOLATION LEVEL ${isolation}`;
  return `BEGIN${level}${writable === true ? ' READ WRITE' : ''}`;
}

/** What fails on the way is reported by the statements behind it. */
const ignored = (sent: Promise<unknown>): Promise<unknown> => sent.catch(() => undefined);
