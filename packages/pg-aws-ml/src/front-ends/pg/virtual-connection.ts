import { EventEmitter } from 'node:events';
import { featureNotSupported } from '../../server/database-error.js';
import type {
  BindMessage,
  ExecuteMessage,
  ParseMessage,
  ProtocolConnection,
  TargetMessage,
} from '../../server/protocol-connection.js';
import type { BoundValue } from '../../server/server-connection.js';
import type { Statement } from '../../server/statement.js';

/** What a `VirtualConnection` tells about the messages that it gets. */
export interface MessageReceiver {
  /** Execute, or a simple query: so many rows are wanted, 0 means all. */
  execute(rows: number): void;
  /** Flush, Sync or a simple query: the sender waits for an answer. */
  answerExpected(): void;
}

/**
 * What a query of pg, a cursor or a stream gets in place of the connection when its statement is ours: the methods of
 * pg's `Connection`, without a server. It records the messages and assembles the statement from them.
 */
export class VirtualConnection extends EventEmitter implements ProtocolConnection {
  readonly submittedNamedStatements: Record<string, string> = {};
  /** The name of the prepared statement in use. */
  statementName: string | undefined;
  /** The sender has sent Sync, or a simple query: after the answer it expects ReadyForQuery. */
  syncRequested = false;
  /** The sender has sent Flush, Sync or a simple query. */
  answerRequested = false;
  /** ReadyForQuery has been answered. */
  finished = false;
  /** The statement once it can run: Bind has come, or a simple query. */
  statement: Statement | undefined;
  private parsed: ParseMessage | undefined;
  private recorded: ((connection: ProtocolConnection) => void)[] = [];
  private forwardTo: ProtocolConnection | undefined;
  private readonly ownStream = virtualStream();

  /** @param parsedStatements texts of the named statements: the server's own and ours. */
  constructor(
    private readonly connection: ProtocolConnection,
    readonly parsedStatements: Record<string, string>,
    private readonly receiver: MessageReceiver,
  ) {
    super();
  }

  get stream(): ProtocolConnection['stream'] {
    return this.forwardTo?.stream ?? this.ownStream;
  }

  /** Sends everything that was recorded to the real connection, and all that comes later. */
  forward(): void {
    const { connection, statementName } = this;
    this.forwardTo = connection;
    // A named statement that has only ever been answered here is unknown to the server.
    if (statementName !== undefined && this.parsed === undefined && !(statementName in connection.parsedStatements)) {
      connection.parse({ name: statementName, text: this.parsedStatements[statementName] ?? '' });
    }
    for (const send of this.recorded.splice(0)) send(connection);
  }

  /** Sends nothing more to the real connection. */
  takeBack(): void {
    this.forwardTo = undefined;
  }

  query(text: string): void {
    this.statement = { text, values: undefined };
    this.syncRequested = true;
    this.send((connection) => connection.query(text));
    this.receiver.execute(0);
    this.requestAnswer();
  }

  parse(message: ParseMessage): void {
    this.parsed = message;
    this.send((connection) => connection.parse(message));
  }

  bind(message: BindMessage): void {
    // Mapped here, so that an error of the mapper is thrown to the sender, as pg does.
    const { valueMapper } = message;
    const values = (message.values ?? []).map((value, index): BoundValue => {
      return (valueMapper ? valueMapper(value, index) : (value as BoundValue)) ?? null;
    });
    if (message.statement) this.statementName = message.statement;
    const text = this.parsed?.text ?? this.parsedStatements[message.statement ?? ''];
    if (text !== undefined) this.statement = { text, values, ...declaredTypes(this.parsed) };
    this.send((connection) => connection.bind({ ...message, values, valueMapper: undefined }));
  }

  describe(message: TargetMessage): void {
    this.send((connection) => connection.describe(message));
  }

  execute(message: ExecuteMessage): void {
    this.send((connection) => connection.execute(message));
    this.receiver.execute(message.rows ?? 0);
  }

  close(message: TargetMessage): void {
    // A cursor that is closed after its error waits for ReadyForQuery, though it has sent Sync before.
    if (this.finished) setImmediate(() => this.emit('readyForQuery', { name: 'readyForQuery' }));
    this.send((connection) => connection.close(message));
  }

  flush(): void {
    this.send((connection) => connection.flush());
    this.requestAnswer();
  }

  sync(): void {
    this.syncRequested = true;
    this.send((connection) => connection.sync());
    this.requestAnswer();
  }

  sendCopyFail(reason: string): void {
    this.send((connection) => connection.sendCopyFail(reason));
  }

  end(): void {
    this.connection.end();
  }

  private requestAnswer(): void {
    this.answerRequested = true;
    this.receiver.answerExpected();
  }

  private send(message: (connection: ProtocolConnection) => void): void {
    if (this.forwardTo !== undefined) message(this.forwardTo);
    else this.recorded.push(message);
  }
}

function declaredTypes(parsed: ParseMessage | undefined): { types?: readonly number[] } {
  // pg hands the `types` of a query config (type parsers) on to Parse, where they have no effect.
  return Array.isArray(parsed?.types) ? { types: parsed.types } : {};
}

/** A socket that can only be corked: the traffic on the real one is not the application's while our statement runs. */
function virtualStream(): ProtocolConnection['stream'] {
  const stream = { writable: true, cork() {}, uncork() {} };
  return new Proxy(stream, {
    get(target, property) {
      if (property in target || typeof property === 'symbol') return Reflect.get(target, property);
      throw featureNotSupported(
        'a query class that uses the socket itself cannot run a statement with ML calls',
        'Wrap the statement in a query, a cursor or a query stream.',
      );
    },
  });
}
