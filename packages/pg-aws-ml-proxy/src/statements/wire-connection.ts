import { EventEmitter } from 'node:events';
import {
  type BindMessage,
  type CopyChannel,
  type ExecuteMessage,
  type ParseMessage,
  type ProtocolConnection,
  portalName,
  type TargetMessage,
} from 'pg-aws-ml/session';
import {
  copyDoneMessage,
  flushMessage,
  syncMessage,
  writeBind,
  writeClose,
  writeCopyData,
  writeCopyFail,
  writeDescribe,
  writeExecute,
  writeParse,
  writeQuery,
} from '../protocol/frontend-messages.js';
import { backend } from '../protocol/message-types.js';
import { readServerNotice } from './diagnostics.js';
import { serverEvent } from './server-message.js';

/** Where its messages go. */
export interface FrameChannel {
  /** @param frames one or more, whole */
  write(frames: Buffer): Promise<void> | undefined;
  /** No more of the server's messages, until `resume`. */
  pause(): void;
  resume(): void;
  end(): void;
}

/** What stands for the engine's unnamed statement and portal: the client's own are left alone. */
const UNNAMED = portalName('unnamed');

/**
 * A connection to the server as the engine uses it: methods that send a message each, and events that carry the
 * server's. The engine's unnamed statement and portal have a name here, so those of a client that shares it outlast it.
 */
export class WireConnection extends EventEmitter implements ProtocolConnection {
  readonly parsedStatements: Record<string, string> = {};
  readonly stream: ProtocolConnection['stream'];
  readonly copy: CopyChannel;
  readonly #channel: FrameChannel;
  /** For each CloseComplete that is due: whether nobody waits for it. A mark stands for a ReadyForQuery that is due. */
  #closes: ('ours' | 'asked' | 'ready')[] = [];
  #corked: Buffer[] | undefined;
  #usesStatement = false;
  #usesPortal = false;

  constructor(channel: FrameChannel) {
    super();
    // Each statement adds listeners of its own for as long as it runs.
    this.setMaxListeners(0);
    this.#channel = channel;
    this.copy = {
      pause: () => channel.pause(),
      resume: () => channel.resume(),
      send: (data) => channel.write(writeCopyData(data)),
      end: () => this.#send(copyDoneMessage),
    };
    this.stream = {
      writable: true,
      cork: () => {
        this.#corked ??= [];
      },
      uncork: () => this.#uncork(),
    };
  }

  query(text: string): void {
    this.#closes.push('ready');
    this.#send(writeQuery(text));
  }

  parse({ name, text, types = [] }: ParseMessage): void {
    if (name === undefined || name === '') {
      // A named statement has to be closed before another one gets its name.
      this.#closeOurs('S');
      this.#usesStatement = true;
    }
    this.#send(writeParse({ name: name || UNNAMED, text, types }));
  }

  bind({ portal, statement, values, resultFormats = [] }: BindMessage): void {
    if (portal === undefined || portal === '') {
      this.#closeOurs('P');
      this.#usesPortal = true;
    }
    const bound = (values ?? []).map((value) =>
      typeof value === 'string' ? Buffer.from(value) : (value as Buffer | null),
    );
    const formats = (values ?? []).some((value) => Buffer.isBuffer(value))
      ? (values ?? []).map((value) => (Buffer.isBuffer(value) ? 1 : 0))
      : [];
    this.#send(
      writeBind({ portal: portal || UNNAMED, statement: statement || UNNAMED, formats, values: bound, resultFormats }),
    );
  }

  describe({ type, name }: TargetMessage): void {
    this.#send(writeDescribe({ kind: type, name: name || UNNAMED }));
  }

  execute({ portal, rows = 0 }: ExecuteMessage): void {
    this.#send(writeExecute({ portal: portal || UNNAMED, limit: rows }));
  }

  close({ type, name }: TargetMessage): void {
    this.#closes.push('asked');
    this.#send(writeClose({ kind: type, name: name || UNNAMED }));
  }

  flush(): void {
    this.#send(flushMessage);
  }

  sync(): void {
    this.#closes.push('ready');
    this.#send(syncMessage);
  }

  sendCopyFail(reason: string): void {
    this.#send(writeCopyFail(reason));
  }

  end(): void {
    this.#channel.end();
  }

  /**
   * Leaves nothing of ours behind. Returns the types of the server's answer to it, which is for nobody.
   *
   * @param asSimpleQuery whether the client's unnamed statement ends, too, as with a simple query that the server runs
   */
  leave(asSimpleQuery: boolean): readonly number[] {
    this.#closes = [];
    const targets: Parameters<typeof writeClose>[0][] = [
      // In a block it would outlast the Sync, and be seen in pg_cursors.
      ...(this.#usesPortal ? [{ kind: 'P', name: UNNAMED } as const] : []),
      ...(this.#usesStatement ? [{ kind: 'S', name: UNNAMED } as const] : []),
      ...(asSimpleQuery ? [{ kind: 'S', name: '' } as const] : []),
    ];
    if (targets.length === 0) return [];
    this.#usesStatement = false;
    this.#usesPortal = false;
    this.#send(Buffer.concat([...targets.map(writeClose), syncMessage]));
    return [...targets.map(() => backend.closeComplete), backend.readyForQuery];
  }

  /** Takes a frame of the server's. False for what belongs to no statement: that is for the client. */
  take(type: number, frame: Buffer): boolean {
    if (type === backend.noticeResponse) {
      this.emit('notice', readServerNotice(frame));
      return true;
    }
    if (type === backend.closeComplete && this.#closes.shift() === 'ours') return true;
    // What an error has skipped is not answered.
    if (type === backend.readyForQuery) this.#closes.splice(0, this.#closes.indexOf('ready') + 1);
    const known = serverEvent(type, frame);
    if (known === undefined) return false;
    this.emit(known.event, known.message);
    return true;
  }

  /** The session is over. */
  lose(error: Error): void {
    Object.assign(this.stream, { writable: false, closed: true });
    if (this.listenerCount('error') > 0) this.emit('error', error);
    this.emit('end');
  }

  #closeOurs(kind: 'S' | 'P'): void {
    this.#closes.push('ours');
    this.#send(writeClose({ kind, name: UNNAMED }));
  }

  #send(frames: Buffer): void {
    if (this.#corked === undefined) this.#channel.write(frames);
    else this.#corked.push(frames);
  }

  #uncork(): void {
    const frames = this.#corked ?? [];
    this.#corked = undefined;
    if (frames.length > 0) this.#channel.write(frames.length === 1 ? frames[0]! : Buffer.concat(frames));
  }
}
