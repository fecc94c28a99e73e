import type { ServerConnection } from '../server/server-connection.js';

const SAVEPOINT = 'aws_ml_replay';

/**
 * A part of the session's work that is kept or undone as a whole: a transaction of its own where the statement stands
 * alone, a savepoint in an open transaction block.
 */
export class TransactionUnit {
  readonly #connection: ServerConnection;
  readonly #inBlock: boolean;

  private constructor(connection: ServerConnection, inBlock: boolean) {
    this.#connection = connection;
    this.#inBlock = inBlock;
  }

  /**
   * @param inBlock whether a transaction block of the application is open
   * @param start how a transaction of its own begins
   */
  static begin(connection: ServerConnection, inBlock: boolean, start = 'BEGIN'): TransactionUnit {
    void ignored(connection.run(inBlock ? `SAVEPOINT ${SAVEPOINT}` : start));
    return new TransactionUnit(connection, inBlock);
  }

  /**
   * Keeps what was done. Rejects where the transaction cannot commit; then nothing is kept.
   * @param connection another hold of the same physical connection, where somebody else has used it in between
   */
  async keep(connection = this.#connection): Promise<void> {
    await connection.run(this.#inBlock ? `RELEASE SAVEPOINT ${SAVEPOINT}` : 'COMMIT');
    if (!this.#inBlock) await connection.sync();
  }

  /** Undoes everything, whether a statement has failed or not. */
  async undo(): Promise<void> {
    // A failed statement makes the server skip everything up to here.
    await this.#connection.sync();
    if (this.#inBlock) {
      void ignored(this.#connection.run(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`));
      await this.#connection.run(`RELEASE SAVEPOINT ${SAVEPOINT}`);
    } else {
      await this.#connection.run('ROLLBACK');
      await this.#connection.sync();
    }
  }
}

/** What fails on the way is reported by the statements behind it. */
const ignored = (sent: Promise<unknown>): Promise<unknown> => sent.catch(() => undefined);
