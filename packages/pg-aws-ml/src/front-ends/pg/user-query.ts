import type { ProtocolConnection, ServerMessage } from '../../server/protocol-connection.js';

/** A query of the application: pg's own `Query`, or another submittable such as a cursor or a stream. */
export interface UserQuery {
  readonly text?: unknown;
  readonly name?: string | undefined;
  callback?: ((error: unknown, result?: unknown) => void) | undefined;
  binary?: boolean | undefined;
  /** pg sets the client's type parsers on it. */
  readonly _result?: unknown;
  /** pg's `Query` keeps here that a row could not be parsed. */
  readonly _canceledDueToError?: unknown;
  submit(connection: ProtocolConnection): Error | null | undefined;
  handleError(error: unknown, connection: ProtocolConnection): void;
  handleRowDescription?(message: ServerMessage): void;
  handleDataRow?(message: ServerMessage): void;
  handlePortalSuspended?(connection: ProtocolConnection): void;
  handleEmptyQuery?(connection: ProtocolConnection): void;
  handleCommandComplete?(message: ServerMessage, connection: ProtocolConnection): void;
  handleReadyForQuery?(connection: ProtocolConnection): void;
  handleCopyInResponse?(connection: ProtocolConnection): void;
  handleCopyData?(message: ServerMessage, connection: ProtocolConnection): void;
}
