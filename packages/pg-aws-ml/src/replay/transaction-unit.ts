import type { UndoneCalls } from '../monitoring/undone-calls.js';
import type { ServerConnection } from '../server/server-connection.js';

const SAVEPOINT = 'aws_ml_replay';

/**
 * A part of the session's work that is kept or undone as a whole: a transaction of its own where the statement stands
 * alone, a savepoint in an open transaction block.
 */
export class TransactionUnit {
  readonly #connection: ServerConnection;
  readonly #inBlock: boolean;
  readonly #undone: UndoneCalls | undefined;

  private constructor(connection: ServerConnection, inBlock: boolean, undone: UndoneCalls | undefined) {
    this.#connection = connection;
    this.#inBlock = inBlock;
    this.#undone = undone;
  }

  /**
   * @param inBlock whether a transaction block of the application is open
   * @param undone takes the function calls of the unit where it is undone
   * @param start how a transaction of its own begins
   */
  static begin(connection: ServerConnection, inBlock: boolean, undone?: UndoneCalls, start = 'BEGIN'): TransactionUnit {
    void ignored(connection.run(inBlock ? `SAVEPOINT ${SAVEPOINT}` : start));
    undone?.begin();
    return new TransactionUnit(connection, inBlock, undone);
  }

  /**
   * Keeps what was done. Rejects where the transaction cannot commit; then nothing is kept.
   * @param connection another hold of the same physical connection, where somebody else has used it in between
   */
  async keep(connection = this.#connection): Promise<void> {
    await connection.run(this.#inBlock ? `RELEASE SAVEPOINT ${SAVEPOINT}` : 'COMMIT');
    if (!this.#inBlock) await connection.sync();
  }

  /**
   * Undoes everything, whether a statement has failed or not.
   * @param run `statement` where it was the application's own run of its statement: its function calls count
   */
  async undo(run: 'probe' | 'statement' = 'probe'): Promise<void> {
    // A failed statement makes the server skip everything up to here.
    await this.#connection.sync();
    const undone = run === 'probe' ? this.#undone : undefined;
    if (this.#inBlock) {
      void ignored(this.#connection.run(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`));
      await Promise.all([undone?.end(), this.#connection.run(`RELEASE SAVEPOINT ${SAVEPOINT}`)]);
    } else {
      // The server publishes its counts with the Sync.
      await Promise.all([this.#connection.run('ROLLBACK'), undone?.end()]);
      await this.#connection.sync();
    }
  }
}

/** What fails on the way is reported by the statements behind it. */
const ignored = (sent: Promise<unknown>): Promise<unknown> => sent.catch(() => undefined);
