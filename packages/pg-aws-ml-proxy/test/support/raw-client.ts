import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { backend } from '../../src/protocol/message-types.js';
import { writeStartUp } from '../../src/protocol/start-up-packet.js';
import { FrameWalker, treatment } from '../../src/relay/frame-walker.js';
import type { DatabaseAddress } from './postgres.js';

/** Messages whose body differs from connection to connection: the key, and notifications, which name a process. */
const masked = new Set<number>([backend.backendKeyData, backend.notificationResponse]);

/** A client that compares bytes: everything that comes, but for keys and process IDs. */
export class RawClient {
  readonly socket: Socket;
  #chunks: Buffer[] = [];
  #readies = 0;
  #arrived: (() => void) | undefined;
  ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    const walker = new FrameWalker({
      treat: (type) => (type === backend.readyForQuery || masked.has(type) ? treatment.whole : treatment.pass),
      take: (type, frame) => this.#take(type, frame),
      forward: (bytes) => this.#chunks.push(bytes),
    });
    socket.on('data', (chunk) => {
      walker.push(chunk);
      this.#arrived?.();
    });
    const end = () => {
      this.ended = true;
      this.#arrived?.();
    };
    socket.on('error', end).on('close', end);
  }

  static async open({ host, port, user, database }: DatabaseAddress): Promise<RawClient> {
    const socket = connect({ host, port, noDelay: true });
    await once(socket, 'connect');
    const client = new RawClient(socket);
    await client.answer([writeStartUp({ user, database })], 1);
    return client;
  }

  /**
   * Writes the parts one after the other, each by itself.
   *
   * @param readies so many ReadyForQuery are waited for, or the end of the connection
   */
  async answer(parts: readonly Buffer[], readies: number): Promise<string> {
    this.#chunks = [];
    this.#readies = 0;
    for (const part of parts) {
      this.socket.write(part);
      if (parts.length > 1) await new Promise(setImmediate);
    }
    while (this.#readies < readies && !this.ended) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    return Buffer.concat(this.#chunks).toString('latin1');
  }

  #take(type: number, frame: Buffer): boolean {
    if (type === backend.readyForQuery) this.#readies += 1;
    if (!masked.has(type)) return false;
    this.#chunks.push(Buffer.from(`<${String.fromCharCode(type)} ${frame.length}>`));
    return true;
  }
}
