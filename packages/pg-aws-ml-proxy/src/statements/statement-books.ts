import { type BindMessage, readBind, readParse, readTarget } from '../protocol/frontend-messages.js';
import type { ClientAnswer } from './client-answer.js';

/** What a client has prepared. */
export interface PreparedStatement {
  readonly name: string;
  readonly text: string;
  readonly types: readonly number[];
  readonly concerns: boolean;
}

/** A statement with ML calls and its values, ready to be run. The server has the same portal. */
export interface MlPortal {
  readonly statement: PreparedStatement;
  readonly bind: BindMessage;
  /** The message that made it. */
  readonly frame: Buffer;
  /** The number of the exchange that has made it. */
  readonly exchange: number;
  /** Once it has run: the rows that are not fetched yet. */
  answer?: ClientAnswer;
}

/** How much of a session's statements is remembered. Forgotten ones go to the server, which refuses ML calls. */
const MAX_BYTES = 4 * 1024 * 1024;
/** What an entry takes beside its text. */
const ENTRY_BYTES = 200;

/**
 * The statements and portals of one client, as far as they concern us. The server keeps the books that count: what it
 * doesn't know by a name, it refuses itself.
 */
export class StatementBooks {
  readonly #concerns: (text: string) => boolean;
  readonly #statements = new Map<string, PreparedStatement>();
  readonly #portals = new Map<string, MlPortal>();
  #bytes = 0;
  #ours = 0;

  /** @param concerns whether a text may make ML calls */
  constructor(concerns: (text: string) => boolean) {
    this.#concerns = concerns;
  }

  /** Whether a Bind could be ours. */
  get hasOurs(): boolean {
    return this.#ours > 0;
  }

  /** Whether the server may have an unnamed statement. */
  get hasUnnamed(): boolean {
    return this.#statements.has('');
  }

  /** @returns the statement where it concerns us */
  parse(frame: Buffer): PreparedStatement | undefined {
    const message = readParse(frame);
    if (message === undefined) return undefined;
    this.#forget(message.name);
    const statement = { ...message, concerns: this.#concerns(message.text) };
    this.#statements.set(statement.name, statement);
    this.#bytes += sizeOf(statement);
    if (statement.concerns) this.#ours += 1;
    for (const name of this.#statements.keys()) {
      if (this.#bytes <= MAX_BYTES || name === statement.name) break;
      this.#forget(name);
    }
    return statement.concerns ? statement : undefined;
  }

  /** @param exchange the number of the exchange to which it belongs */
  bind(frame: Buffer, exchange: number): void {
    const bind = readBind(frame);
    if (bind === undefined) return;
    const statement = this.#statements.get(bind.statement);
    if (statement?.concerns) this.#portals.set(bind.portal, { statement, bind, frame, exchange });
    else this.#portals.delete(bind.portal);
  }

  close(frame: Buffer): void {
    const target = readTarget(frame);
    if (target?.kind === 'P') this.#portals.delete(target.name);
    else if (target !== undefined) this.#forget(target.name);
  }

  portal(name: string): MlPortal | undefined {
    return this.#portals.get(name);
  }

  /** A simple query has gone to the server: it ends what has no name. */
  queried(): void {
    this.#forget('');
    this.#portals.delete('');
  }

  /** @param ended how many exchanges are over: what the client has bound since, in later ones, is not concerned */
  transactionEnded(ended: number): void {
    for (const [name, { exchange }] of this.#portals) if (exchange < ended) this.#portals.delete(name);
  }

  /** What was taken for plain may have come to reach ML functions. */
  recognise(): void {
    for (const [name, statement] of this.#statements) {
      if (statement.concerns || !this.#concerns(statement.text)) continue;
      this.#statements.set(name, { ...statement, concerns: true });
      this.#ours += 1;
    }
  }

  #forget(name: string): void {
    const statement = this.#statements.get(name);
    if (statement === undefined) return;
    this.#statements.delete(name);
    this.#bytes -= sizeOf(statement);
    if (statement.concerns) this.#ours -= 1;
  }
}

const sizeOf = ({ name, text, types }: PreparedStatement): number =>
  2 * (name.length + text.length) + 8 * types.length + ENTRY_BYTES;
