import type { EventEmitter } from 'node:events';
import type { BoundValue, ResultFormats } from './server-connection.js';

/**
 * What we use of pg's `Connection`: the methods that send a protocol message each, and the events that carry the
 * server's. It is what pg-cursor uses too, and has been the same since pg 8.0. (The types of @types/pg describe an
 * older signature.)
 */
export interface ProtocolConnection extends EventEmitter {
  /** Replaced by pg when the connection is encrypted: read it anew each time. */
  readonly stream: {
    readonly writable: boolean;
    readonly closed?: boolean;
    readonly writableNeedDrain?: boolean;
    cork?(): void;
    uncork?(): void;
    pause?(): void;
    resume?(): void;
    on?(event: string, listener: () => void): unknown;
    off?(event: string, listener: () => void): unknown;
  };
  /** The text of each named statement that the server has parsed. */
  readonly parsedStatements: Record<string, string>;
  query(text: string): void;
  parse(message: ParseMessage): void;
  bind(message: BindMessage): void;
  describe(message: TargetMessage): void;
  execute(message: ExecuteMessage): void;
  close(message: TargetMessage): void;
  flush(): void;
  sync(): void;
  end(): void;
  sendCopyFail(reason: string): void;
  /** Data for a COPY FROM STDIN. A connection without it cannot be held open. */
  sendCopyFromChunk?(chunk: Buffer): void;
  endCopyFrom?(): void;
  /** How the data of a COPY pass where that is not over the stream. */
  readonly copy?: CopyChannel;
}

/** The data of a COPY, in either direction. */
export interface CopyChannel {
  /** No more messages of the server's, until `resume`. */
  pause(): void;
  resume(): void;
  /** Sends data; a promise asks for patience. */
  send(data: Uint8Array): Promise<void> | undefined;
  /** Ends the data. */
  end(): void;
}

export interface ParseMessage {
  readonly name?: string | undefined;
  readonly text: string;
  readonly types?: readonly number[] | undefined;
}

export interface BindMessage {
  readonly portal?: string | undefined;
  readonly statement?: string | undefined;
  readonly binary?: boolean | undefined;
  readonly values?: readonly unknown[] | null | undefined;
  /** Nothing that pg's own connection knows. */
  readonly resultFormats?: ResultFormats | undefined;
  readonly valueMapper?: ((value: unknown, index: number) => BoundValue | undefined) | undefined;
}

export interface ExecuteMessage {
  readonly portal?: string | undefined;
  /** 0 and undefined mean all. */
  readonly rows?: number | undefined;
}

/** A statement ('S') or a portal ('P'). */
export interface TargetMessage {
  readonly type: 'S' | 'P';
  readonly name?: string | undefined;
}

/** A message of the server as pg-protocol parses it. */
export interface ServerMessage {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** The events of a `ProtocolConnection` that answer statements; the others concern the whole connection. */
export const statementMessages: ReadonlySet<string> = new Set([
  'parseComplete',
  'bindComplete',
  'closeComplete',
  'parameterDescription',
  'rowDescription',
  'noData',
  'dataRow',
  'portalSuspended',
  'emptyQuery',
  'commandComplete',
  'copyInResponse',
  'copyOutResponse',
  'copyData',
  'copyDone',
  'errorMessage',
  'readyForQuery',
]);
