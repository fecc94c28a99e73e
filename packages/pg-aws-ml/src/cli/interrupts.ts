import type pg from 'pg';
import { Client } from '../index.js';

/** A shell's code for a program that SIGINT has ended. */
const INTERRUPTED = 130;

/** Ctrl-C cancels the statement that runs; where none does, or the second time, it ends the program. */
export class Interrupts {
  readonly #client: pg.ClientBase;
  #running: { readonly query: object; readonly discard: () => void } | undefined;
  readonly #listener = () => this.#interrupt();

  constructor(client: pg.ClientBase) {
    this.#client = client;
    process.on('SIGINT', this.#listener);
  }

  /** @param discard called when the rest of its rows is of no interest */
  begin(query: object, discard: () => void = () => {}): void {
    this.#running = { query, discard };
  }

  end(): void {
    this.#running = undefined;
  }

  close(): void {
    process.off('SIGINT', this.#listener);
  }

  #interrupt(): void {
    const running = this.#running;
    if (running === undefined) process.exit(INTERRUPTED);
    this.#running = undefined;
    process.stderr.write('Cancel request sent\n');
    requestCancel(this.#client, running.query);
    running.discard();
  }
}

interface Cancelling {
  readonly connection: { on(event: 'error', listener: () => void): void };
  cancel(client: pg.ClientBase, query: object): void;
}

function requestCancel(client: pg.ClientBase, query: object): void {
  const { host, port } = client as pg.Client;
  const messenger = new Client({ host, port }) as unknown as Cancelling;
  // Where the server can't be reached, the statement fails by itself.
  messenger.connection.on('error', () => {});
  messenger.cancel(client, query);
}
