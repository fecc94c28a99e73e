import type { Node, ParsedStatement } from 'pg-rewriter';
import type { ServerConnection } from '../server/server-connection.js';
import type { ResultSink, Statement, StatementOutcome } from '../server/statement.js';

const COMMIT: ParsedStatement = {
  node: { TransactionStmt: { kind: 'TRANS_STMT_COMMIT' } },
  text: 'COMMIT',
  start: 0,
};

/** Runs one statement of a script on a connection that may be inside a transaction block. */
export type RunOne = (statement: Statement, parsed: ParsedStatement) => Promise<StatementOutcome>;

/**
 * Runs a text of several statements as PostgreSQL's simple protocol does: in one implicit transaction, which BEGIN turns
 * into a block and COMMIT or ROLLBACK ends; after an error the rest is skipped and the implicit transaction undone.
 */
export async function runScript(
  connection: ServerConnection,
  statements: readonly ParsedStatement[],
  runOne: RunOne,
  sink: ResultSink,
): Promise<void> {
  const script = new Script(connection, sink, runOne);
  try {
    for (const parsed of statements) await script.run(parsed);
    await script.commit();
  } catch (error) {
    await script.undo();
    throw error;
  }
}

class Script {
  readonly #connection: ServerConnection;
  readonly #sink: ResultSink;
  readonly #runOne: RunOne;
  /** Whether the open block is ours: it stands for the script's implicit transaction. */
  #implicit = false;

  constructor(connection: ServerConnection, sink: ResultSink, runOne: RunOne) {
    this.#connection = connection;
    this.#sink = sink;
    this.#runOne = runOne;
  }

  async run(parsed: ParsedStatement): Promise<void> {
    const control = transactionControl(parsed.node);
    if (control === 'begin' && this.#implicit) {
      this.#implicit = false;
      this.#sink.commandComplete('BEGIN');
      return;
    }
    if (control === 'end') this.#implicit = false;
    else if (control === undefined && this.#connection.transactionStatus === 'I') await this.#begin();
    try {
      const outcome = await this.#runOne({ text: parsed.text, values: undefined }, parsed);
      if (outcome === 'pass-through') await this.#forward(parsed.text);
    } catch (error) {
      throw atScriptPosition(error, parsed.start);
    }
  }

  async #begin(): Promise<void> {
    await this.#connection.run('BEGIN');
    await this.#connection.sync();
    this.#implicit = true;
  }

  async #forward(text: string): Promise<void> {
    for (const result of await this.#connection.simple(text)) {
      if (result.fields !== null) {
        await this.#sink.rowDescription(result.fields);
        if (result.rows.length > 0) await this.#sink.rows(result.rows);
      }
      this.#sink.commandComplete(result.commandTag);
    }
  }

  async commit(): Promise<void> {
    if (!this.#implicit) return;
    await this.#runOne({ text: 'COMMIT', values: undefined }, COMMIT);
    await this.#connection.run('COMMIT');
    await this.#connection.sync();
  }

  async undo(): Promise<void> {
    await this.#connection.sync();
    if (!this.#implicit || this.#connection.transactionStatus === 'I') return;
    await this.#connection.run('ROLLBACK');
    await this.#connection.sync();
  }
}

function transactionControl(node: Node): 'begin' | 'end' | undefined {
  if (!('TransactionStmt' in node)) return undefined;
  switch (node.TransactionStmt.kind) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      return 'begin';
    case 'TRANS_STMT_COMMIT':
    case 'TRANS_STMT_ROLLBACK':
    case 'TRANS_STMT_PREPARE':
      return 'end';
    default:
      return undefined;
  }
}

/** The server counts the position from the start of the statement, the application from the start of its text. */
function atScriptPosition(error: unknown, start: number): unknown {
  const { position } = (error ?? {}) as { position?: string };
  if (position !== undefined) Object.assign(error as object, { position: String(Number(position) + start) });
  return error;
}
