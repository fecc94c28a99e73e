import type { PendingExchange } from './exchange.js';
import type { ServerMessage } from './protocol-connection.js';

/** Takes a piece of copied data; a promise asks for patience. */
export type CopyTaker = (data: Buffer) => Promise<void> | undefined;

/** The exchange of a COPY that moves data: both directions. */
export interface CopyExchange extends PendingExchange<string> {
  /** Resolves when the server wants the data of a COPY FROM STDIN. */
  readonly wanted: Promise<void>;
}

const copies = new WeakSet<object>();

/** Whether an exchange is a COPY FROM STDIN whose data somebody sends. */
export const sendsCopyData = (exchange: object | undefined): boolean => exchange !== undefined && copies.has(exchange);

/** Expects the answer to a COPY. @param take gets the data of a COPY TO STDOUT */
export function expectCopy(take?: (data: Buffer) => void): CopyExchange {
  let resolve: (commandTag: string) => void;
  let reject: (error: unknown) => void;
  let onWanted: () => void;
  const answered = new Promise<string>((onResult, onError) => {
    resolve = onResult;
    reject = onError;
  });
  answered.catch(() => {});
  const wanted = new Promise<void>((onData) => {
    onWanted = onData;
  });
  const exchange: CopyExchange = {
    answered,
    wanted,
    endsWindow: false,
    take(message: ServerMessage) {
      if (message.name === 'copyData') {
        take?.(message.chunk as Buffer);
        return false;
      }
      if (message.name === 'copyInResponse') onWanted();
      if (message.name !== 'commandComplete') return false;
      resolve((message.text as string | undefined) ?? '');
      return true;
    },
    reject: (error) => reject(error),
  };
  copies.add(exchange);
  return exchange;
}
