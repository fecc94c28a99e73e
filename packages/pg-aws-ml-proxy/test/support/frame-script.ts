import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { readDataRow, readDiagnostics, readRowDescription } from '../../src/protocol/backend-messages.js';
import {
  flushMessage,
  syncMessage,
  writeBind,
  writeClose,
  writeDescribe,
  writeExecute,
  writeParse,
  writeQuery,
} from '../../src/protocol/frontend-messages.js';
import { writeStartUp } from '../../src/protocol/start-up-packet.js';
import type { DatabaseAddress } from './postgres.js';

/** Frames that are sent in one write, and the message up to which the answer is read: Z, so many times. */
export interface Step {
  readonly frames: readonly Buffer[];
  readonly until: string;
  readonly times: number;
}

export const step = (frames: readonly Buffer[], until = 'Z', times = 1): Step => ({ frames, until, times });

export const query = (text: string): Buffer => writeQuery(text);
export const parse = (text: string, name = '', types: readonly number[] = []): Buffer =>
  writeParse({ name, text, types });

export interface Bound {
  readonly portal?: string;
  readonly statement?: string;
  readonly formats?: readonly number[];
  readonly results?: readonly number[];
}

export const bind = (values: readonly (string | Buffer | null)[] = [], bound: Bound = {}): Buffer =>
  writeBind({
    portal: bound.portal ?? '',
    statement: bound.statement ?? '',
    formats: bound.formats ?? [],
    values: values.map((value) => (typeof value === 'string' ? Buffer.from(value) : value)),
    resultFormats: bound.results ?? [],
  });
export const describe = (kind: 'S' | 'P', name = ''): Buffer => writeDescribe({ kind, name });
export const execute = (limit = 0, portal = ''): Buffer => writeExecute({ portal, limit });
export const close = (kind: 'S' | 'P', name = ''): Buffer => writeClose({ kind, name });
const copy = (type: string, body: Buffer): Buffer => {
  const frame = Buffer.alloc(5 + body.length);
  frame.write(type, 'latin1');
  frame.writeUInt32BE(4 + body.length, 1);
  body.copy(frame, 5);
  return frame;
};
export const copyData = (text: string): Buffer => copy('d', Buffer.from(text));
export const copyDone = copy('c', Buffer.alloc(0));
export const copyFail = copy('f', Buffer.from('enough\0'));
export const sync = syncMessage;
export const flush = flushMessage;

/** A client that knows nothing but frames. */
export class FrameClient {
  readonly #socket: Socket;
  #pending = Buffer.alloc(0);
  #messages: { readonly type: string; readonly frame: Buffer }[] = [];
  #arrived: (() => void) | undefined;
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    const end = () => {
      this.#ended = true;
      this.#arrived?.();
    };
    socket.on('error', end).on('close', end);
  }

  static async open(
    { host, port, user, database }: DatabaseAddress,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<FrameClient> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    const client = new FrameClient(socket);
    await client.send({ frames: [writeStartUp({ user, database, ...settings })], until: 'Z', times: 1 });
    return client;
  }

  /** @param cuts where the frames are cut into several writes */
  async send({ frames, until, times }: Step, cuts: readonly number[] = []): Promise<string[]> {
    const bytes = Buffer.concat(frames);
    let from = 0;
    for (const cut of [...cuts.filter((at) => at < bytes.length), bytes.length]) {
      this.#socket.write(bytes.subarray(from, cut));
      from = cut;
      if (cut < bytes.length) await new Promise(setImmediate);
    }
    const messages: string[] = [];
    for (let seen = 0; seen < times; ) {
      const message = this.#messages.shift();
      if (message === undefined) {
        if (this.#ended) return [...messages, 'closed'];
        await new Promise<void>((resolve) => {
          this.#arrived = resolve;
        });
        continue;
      }
      // A setting's value may be told at any time.
      if (message.type !== 'S') messages.push(shown(message.type, message.frame));
      if (message.type === until) seen += 1;
    }
    return messages;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    while (this.#pending.length >= 5) {
      const length = this.#pending.readUInt32BE(1) + 1;
      if (this.#pending.length < length) break;
      const frame = this.#pending.subarray(0, length);
      this.#messages.push({ type: String.fromCharCode(frame[0]!), frame });
      this.#pending = this.#pending.subarray(length);
    }
    this.#arrived?.();
  }
}

/** A message without what two databases have different: OIDs of tables, lines of sources, the services' own words. */
function shown(type: string, frame: Buffer): string {
  const body = frame.subarray(5);
  if (type === 'E' || type === 'N') {
    const { S, V, C, M, D, H, P } = readDiagnostics(frame);
    const ofService = C?.startsWith('38') === true;
    return `${type} ${JSON.stringify(ofService ? { S, V, C } : { S, V, C, M, D, H, P })}`;
  }
  if (type === 'T') {
    const fields = (readRowDescription(frame) ?? []).map((f) => [
      f.name,
      f.column,
      f.type,
      f.size,
      f.modifier,
      f.format,
    ]);
    return `T ${JSON.stringify(fields)}`;
  }
  if (type === 'D') return `D ${readDataRow(frame).map((value) => value?.toString('hex') ?? 'NULL')}`;
  if (type === 'C') return `C ${body.toString('utf8', 0, body.length - 1)}`;
  // Without the process that has notified.
  return `${type} ${(type === 'A' ? body.subarray(4) : body).toString('hex')}`.trim();
}
