import { InterceptingClient } from '../../src/front-ends/pg/client.js';
import type { AwsMlState } from '../../src/front-ends/pg/interceptor.js';
import { InterceptingPool } from '../../src/front-ends/pg/pool.js';
import type { ServerConnection } from '../../src/server/server-connection.js';
import type { ResultSink, Statement, StatementRunner } from '../../src/server/statement.js';

/** The word that makes a statement the echo engine's. */
export const marker = 'echo';

/** What the echo engine did, for tests to look at. */
export interface EchoLog {
  readonly statements: Statement[];
  rowsFetched: number;
  aborted: number;
  closed: number;
}

export interface EchoOptions {
  /** Rows fetched at a time. */
  readonly chunk?: number;
  /** Every statement is the echo engine's, not only those with the marker. */
  readonly everything?: boolean;
}

/**
 * Stands for the engine: runs statements that hold the marker as they are, through a ServerConnection and in chunks of
 * a portal. `pass-through` in the text makes it decline.
 */
export function echoState(log: EchoLog, { chunk = 3, everything = false }: EchoOptions = {}): AwsMlState {
  const run: StatementRunner = async (connection, statement, sink, signal) => {
    log.statements.push(statement);
    if (statement.text.includes('pass-through')) return 'pass-through';
    try {
      if (statement.values === undefined) await runScript(connection, statement.text, sink);
      else await runPortal(connection, statement, sink, signal, chunk, log);
      return 'answered';
    } finally {
      if (signal.aborted) log.aborted++;
    }
  };
  return {
    createInterceptor: () => ({ concerns: (text) => everything || text.includes(marker), run }),
    stats: () => [],
    cacheTable: () => undefined,
    resetStats: () => {},
    close: () => {
      log.closed++;
    },
  };
}

export function newLog(): EchoLog {
  return { statements: [], rowsFetched: 0, aborted: 0, closed: 0 };
}

async function runScript(connection: ServerConnection, text: string, sink: ResultSink): Promise<void> {
  for (const { fields, rows, commandTag } of await connection.simple(text)) {
    if (fields) await sink.rowDescription(fields);
    await sink.rows(rows);
    sink.commandComplete(commandTag);
  }
}

async function runPortal(
  connection: ServerConnection,
  statement: Statement,
  sink: ResultSink,
  signal: AbortSignal,
  chunk: number,
  log: EchoLog,
): Promise<void> {
  try {
    const fields = await connection.openPortal('echo_portal', statement.text, {
      values: statement.values ?? [],
      types: statement.types ?? [],
    });
    if (fields) await sink.rowDescription(fields);
    let commandTag: string | undefined;
    while (commandTag === undefined && !signal.aborted) {
      const fetched = await connection.fetch('echo_portal', fields ? chunk : 0);
      log.rowsFetched += fetched.rows.length;
      await sink.rows(fetched.rows);
      if (fetched.done) commandTag = fetched.commandTag;
    }
    if (commandTag !== undefined) sink.commandComplete(commandTag);
  } finally {
    await connection.sync();
  }
}

/** pg-aws-ml's classes over the echo engine. */
export function echoClasses(log: EchoLog, options?: EchoOptions) {
  class Client extends InterceptingClient {
    protected override createState(): AwsMlState {
      return echoState(log, options);
    }
  }
  class Pool extends InterceptingPool {
    protected override createState(): AwsMlState {
      return echoState(log, options);
    }
    protected override clientClass() {
      return Client;
    }
  }
  return { Client, Pool };
}
