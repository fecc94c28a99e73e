import { type CopyTaker, expectCopy } from './copy-exchange.js';
import type { ProtocolConnection } from './protocol-connection.js';
import type { RequestPipeline } from './request-pipeline.js';

/**
 * Runs a COPY … TO STDOUT and hands its data over as they come, a row at a time: no faster than they are taken. Where the
 * taker fails, the rest is dropped, and `onFailure` may end the COPY sooner.
 */
export async function copyOut(
  connection: ProtocolConnection,
  pipeline: RequestPipeline,
  write: () => void,
  take: CopyTaker,
  onFailure: () => void = () => {},
): Promise<string> {
  let failure: { readonly error: unknown } | undefined;
  let waiting: Promise<void> | undefined;
  const fail = (error: unknown) => {
    if (failure === undefined) onFailure();
    failure ??= { error };
  };
  const exchange = expectCopy((data) => {
    if (failure !== undefined) return;
    try {
      const patience = take(data);
      if (patience === undefined) return;
      if (waiting !== undefined) {
        // Of a chunk that had come before the pause.
        patience.catch(fail);
        return;
      }
      pause(connection);
      waiting = patience.catch(fail).then(() => {
        waiting = undefined;
        resume(connection);
      });
    } catch (error) {
      fail(error);
    }
  });
  const tag = await pipeline.send(exchange, write).catch((error: unknown) => {
    throw failure?.error ?? error;
  });
  await waiting;
  if (failure !== undefined) throw failure.error;
  return tag;
}

/**
 * Runs a COPY … FROM STDIN with the data of a source: no faster than the server takes them. Where the source fails, so
 * does the COPY.
 */
export async function copyIn(
  connection: ProtocolConnection,
  pipeline: RequestPipeline,
  write: () => void,
  source: AsyncIterable<Uint8Array>,
): Promise<string> {
  const exchange = expectCopy();
  let ended = false;
  const sent = pipeline.send(exchange, write).finally(() => {
    ended = true;
  });
  sent.catch(() => {});
  await Promise.race([exchange.wanted, sent]);
  let failure: { readonly error: unknown } | undefined;
  try {
    for await (const data of source) {
      if (ended) break;
      await Promise.race([sendData(connection, data), sent.catch(() => {})]);
    }
  } catch (error) {
    failure = { error };
  }
  if (!ended && failure !== undefined) connection.sendCopyFail('the source of the data has failed');
  else if (!ended) endData(connection);
  connection.flush();
  return sent.catch((error: unknown) => {
    throw failure?.error ?? error;
  });
}

function pause({ stream, copy }: ProtocolConnection): void {
  if (copy === undefined) stream.pause?.();
  else copy.pause();
}

function resume({ stream, copy }: ProtocolConnection): void {
  if (copy === undefined) stream.resume?.();
  else copy.resume();
}

async function sendData(connection: ProtocolConnection, data: Uint8Array): Promise<void> {
  const { copy, stream } = connection;
  if (copy !== undefined) {
    await copy.send(data);
    return;
  }
  connection.sendCopyFromChunk?.(Buffer.isBuffer(data) ? data : Buffer.from(data));
  if (stream.writableNeedDrain !== true) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      stream.off?.('drain', done);
      stream.off?.('close', done);
      resolve();
    };
    stream.on?.('drain', done);
    stream.on?.('close', done);
  });
}

function endData(connection: ProtocolConnection): void {
  if (connection.copy === undefined) connection.endCopyFrom?.();
  else connection.copy.end();
}
