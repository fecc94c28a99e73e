import type { Node, ParsedStatement } from 'pg-rewriter';
import type { ServerConnection } from '../server/server-connection.js';
import type { ResultSink, Statement, StatementOutcome } from '../server/statement.js';
import { settle, TransactionUnit } from '../server/transaction.js';
import { isOwn, type TextStatement } from './statements-of.js';

const COMMIT: ParsedStatement = {
  node: { TransactionStmt: { kind: 'TRANS_STMT_COMMIT' } },
  text: 'COMMIT',
  start: 0,
};

/** Runs one statement of a script on a connection that may be inside a transaction block. */
export type RunOne = (statement: Statement, parsed: TextStatement) => Promise<StatementOutcome>;

/**
 * Runs a text of several statements as PostgreSQL's simple protocol does: in one implicit transaction, which BEGIN turns
 * into a block and COMMIT or ROLLBACK ends; after an error the rest is skipped and the implicit transaction undone.
 */
export async function runScript(
  connection: ServerConnection,
  statements: readonly TextStatement[],
  runOne: RunOne,
  sink: ResultSink,
): Promise<void> {
  const script = new Script(connection, sink, runOne);
  try {
    for (const parsed of statements) await script.run(parsed);
    await script.commit();
  } catch (error) {
    await script.undo().catch(() => {});
    throw error;
  }
}

class Script {
  readonly #connection: ServerConnection;
  readonly #sink: ResultSink;
  readonly #runOne: RunOne;
  /** Stands for the script's implicit transaction; undefined in a block, and between transactions. */
  #implicit: TransactionUnit | undefined;

  constructor(connection: ServerConnection, sink: ResultSink, runOne: RunOne) {
    this.#connection = connection;
    this.#sink = sink;
    this.#runOne = runOne;
  }

  async run(parsed: TextStatement): Promise<void> {
    try {
      const control = isOwn(parsed) ? undefined : transactionControl(parsed.node);
      if (control !== undefined && this.#implicit !== undefined) await this.#control(control, parsed);
      else {
        if (control === undefined && this.#connection.transactionStatus === 'I') await this.#begin();
        await this.#runParsed(parsed);
      }
    } catch (error) {
      throw atScriptPosition(error, parsed.start);
    }
  }

  async #runParsed(parsed: TextStatement): Promise<void> {
    // A look at the catalog before it would be the transaction's first query.
    const setsTransaction =
      !isOwn(parsed) && 'VariableSetStmt' in parsed.node && parsed.node.VariableSetStmt.kind === 'VAR_SET_MULTI';
    const outcome = setsTransaction
      ? 'pass-through'
      : await this.#runOne({ text: parsed.text, values: undefined }, parsed);
    if (!this.#connection.synced) await this.#connection.sync();
    if (outcome === 'pass-through') await this.#forward(parsed.text);
  }

  /** What controls transactions means something else in an implicit one. */
  async #control(control: TransactionControl, parsed: TextStatement): Promise<void> {
    const { kind, chain, options } = control;
    if (kind === 'TRANS_STMT_BEGIN' || kind === 'TRANS_STMT_START') {
      if (options !== undefined) await this.#connection.run(setTransaction(options));
      await this.#connection.sync();
      this.#implicit = undefined;
      this.#sink.commandComplete(kind === 'TRANS_STMT_BEGIN' ? 'BEGIN' : 'START TRANSACTION');
    } else if (kind === 'TRANS_STMT_PREPARE') {
      await this.#runParsed(parsed);
      this.#implicit = undefined;
    } else {
      // The server's warning that no block is open, or its error, and its tag: those of the statement on its own.
      if (kind === 'TRANS_STMT_COMMIT' && chain !== true) await this.commit();
      else await this.undo();
      await this.#forward(parsed.text);
    }
  }

  async #begin(): Promise<void> {
    this.#implicit = TransactionUnit.begin({ connection: this.#connection, inBlock: false });
    await this.#connection.sync();
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
    if (this.#implicit === undefined) return;
    await this.#runOne({ text: 'COMMIT', values: undefined }, COMMIT);
    await this.#implicit.keep();
    this.#implicit = undefined;
  }

  async undo(): Promise<void> {
    const implicit = this.#implicit;
    this.#implicit = undefined;
    if (implicit === undefined) await settle({ connection: this.#connection, inBlock: false });
    else await implicit.undo('statement');
  }
}

type TransactionControl = Extract<Node, { TransactionStmt: unknown }>['TransactionStmt'];

const transactionControl = (node: Node): TransactionControl | undefined =>
  'TransactionStmt' in node ? node.TransactionStmt : undefined;

/** The modes of a BEGIN that comes after the transaction's beginning. */
const setTransaction = (options: readonly Node[]): string => `SET TRANSACTION ${options.map(modeOf).join(', ')}`;

function modeOf(option: Node): string {
  const { defname, arg } = 'DefElem' in option ? option.DefElem : {};
  const constant = arg !== undefined && 'A_Const' in arg ? arg.A_Const : undefined;
  const on = (constant?.ival?.ival ?? 0) !== 0;
  switch (defname) {
    case 'transaction_isolation':
      return `ISOLATION LEVEL ${constant?.sval?.sval ?? ''}`;
    case 'transaction_read_only':
      return on ? 'READ ONLY' : 'READ WRITE';
    default:
      return on ? 'DEFERRABLE' : 'NOT DEFERRABLE';
  }
}

/** The server counts the position from the start of the statement, the application from the start of its text. */
export function atScriptPosition(error: unknown, start: number): unknown {
  const { position } = (error ?? {}) as { position?: string };
  if (position !== undefined) Object.assign(error as object, { position: String(Number(position) + start) });
  return error;
}
