import { type AnswerRow, type FieldDescription, featureNotSupported, type ResultSink } from 'pg-aws-ml/session';
import {
  emptyQueryResponse,
  portalSuspended,
  writeCommandComplete,
  writeDataRow,
  writeRowDescription,
} from '../protocol/backend-messages.js';
import type { ClientSession } from '../relay/client-session.js';

/** Rows that wait in memory for a client that fetches them later, at most. */
const MAX_WAITING_BYTES = 256 * 1024 * 1024;

/**
 * The answer of one statement on its way to a client. A portal gives as many rows as each Execute asks for; a simple
 * query everything, with descriptions.
 */
export class ClientAnswer implements ResultSink {
  readonly #session: ClientSession;
  readonly #simple: boolean;
  #rows: Buffer[] = [];
  /** The first that is not delivered. */
  #next = 0;
  #waitingBytes = 0;
  #tag: string | undefined;
  /** How many rows the Execute still wants; 0 where none is under way. */
  #wanted = 0;
  #delivered = 0;
  #limited = false;
  #stopped = false;
  #keeps = false;
  #waiting: (() => void)[] = [];
  #room: Promise<void> | undefined;
  #onSuspended: (() => void) | undefined;
  /** Something has gone to the client. */
  used = false;
  /** Its end was handed in. */
  ended = false;
  #returnsRows = false;
  #finalTag = '';

  /** @param simple whether it answers a simple query */
  constructor(session: ClientSession, simple: boolean) {
    this.#session = session;
    this.#simple = simple;
    if (simple) this.#wanted = Number.POSITIVE_INFINITY;
  }

  /** Calls back when a row limit is reached. */
  set onSuspended(listener: () => void) {
    this.#onSuspended = listener;
  }

  /** An Execute. @param limit 0 or less is all rows */
  execute(limit: number): void {
    this.#limited ||= limit > 0;
    this.#wanted = limit > 0 ? limit : Number.POSITIVE_INFINITY;
    this.#delivered = 0;
    // One that is at its end says so again.
    if (this.ended && this.#tag === undefined && this.#next === this.#rows.length) this.#tag = this.#finalTag;
    this.#deliver();
    if (this.#wanted > 0) this.#resume();
  }

  /** From here on rows are kept until somebody fetches them, and nobody has to wait. */
  keepRest(): void {
    this.#keeps = true;
    this.#resume();
  }

  /** Drops what is not delivered, and all that comes. */
  stop(): void {
    this.#stopped = true;
    this.#rows = [];
    this.#next = 0;
    this.#tag = undefined;
    this.#resume();
  }

  rowDescription(fields: readonly FieldDescription[]): void | Promise<void> {
    if (this.#stopped) return;
    this.#returnsRows = true;
    // A portal has been described by the server.
    if (!this.#simple) return;
    this.#write(
      writeRowDescription(
        fields.map(({ name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier }) => ({
          name,
          table: tableID,
          column: columnID,
          type: dataTypeID,
          size: dataTypeSize,
          modifier: dataTypeModifier,
          format: 0,
        })),
      ),
    );
  }

  rows(rows: readonly AnswerRow[]): void | Promise<void> {
    if (this.#stopped) return;
    for (const row of rows) {
      const frame = Buffer.isBuffer(row) ? row : writeDataRow(row.map(asBytes));
      this.#rows.push(frame);
      this.#waitingBytes += frame.length;
    }
    this.#deliver();
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      throw featureNotSupported(
        'the rows of this portal that have not been fetched do not fit in memory',
        'Fetch all rows at once, or declare a cursor.',
      );
    }
    if (this.#stopped || this.#keeps) return;
    if (this.#wanted === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    return this.#room;
  }

  commandComplete(commandTag: string): void {
    if (this.#stopped) return;
    this.ended = true;
    this.#tag = commandTag;
    this.#finalTag = commandTag;
    this.#deliver();
  }

  #deliver(): void {
    const end = Math.min(this.#rows.length, this.#next + this.#wanted);
    if (end > this.#next) {
      const frames = this.#rows.slice(this.#next, end);
      for (const frame of frames) this.#waitingBytes -= frame.length;
      this.#wanted -= frames.length;
      this.#delivered += frames.length;
      this.#next = end;
      if (this.#next === this.#rows.length) {
        this.#rows = [];
        this.#next = 0;
      }
      this.#write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
      if (this.#wanted === 0) {
        this.#write(portalSuspended);
        this.#onSuspended?.();
        return;
      }
    }
    if (this.#wanted > 0 && this.#tag !== undefined && this.#next === this.#rows.length) this.#complete(this.#tag);
  }

  #complete(tag: string): void {
    this.#tag = undefined;
    const frame = tag === '' ? emptyQueryResponse : writeCommandComplete(this.#counted(tag));
    if (!this.#simple) this.#wanted = 0;
    this.#write(frame);
  }

  /** The server counts the rows of the last Execute. */
  #counted(tag: string): string {
    if (this.#simple || !this.#returnsRows || !(this.#limited || this.#delivered === 0)) return tag;
    return tag.replace(/\d+$/, String(this.#delivered));
  }

  #write(frames: Buffer): void {
    this.used = true;
    const room = this.#session.writeToClient(frames);
    if (room === undefined) return;
    const waiting = room.then(() => {
      if (this.#room === waiting) this.#room = undefined;
    });
    this.#room = waiting;
  }

  #resume(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

const asBytes = (value: string | null): Buffer | null => (value === null ? null : Buffer.from(value));
