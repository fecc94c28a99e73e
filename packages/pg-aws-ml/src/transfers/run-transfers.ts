import { S3Error } from 'aws-ml-core/s3';
import type { Node } from 'pg-rewriter';
import { refuseTextSettings } from '../catalog/text-settings.js';
import type { StatementContext } from '../pool-state/statement-context.js';
import { StatementDeadline, timeoutMessage } from '../pool-state/statement-deadline.js';
import { databaseError, featureNotSupported } from '../server/database-error.js';
import { inUnit, TransactionUnit } from '../server/transaction.js';
import { outsidePoolHint } from '../stubs/names.js';
import { raiseError, type ServerMessage } from '../stubs/server-message.js';
import { sessionNonce } from '../stubs/session-nonce.js';
import { transferFunctions, transferModes } from '../stubs/transfer-names.js';
import { beginTransfers, endTransfers, storeTransfer } from '../stubs/transfer-outcomes.js';
import { type Activity, commute, readActivity, type Touched, touched } from './activity.js';
import { callsAreIndependent, readsTables } from './calls-in-statement.js';
import { runStatementOnce, type StatementAnswer, type StatementRun } from './statement-run.js';
import { asMessage, transfer } from './transfer.js';
import type { TransferCall } from './transfer-call.js';

/**
 * Runs a statement whose calls transfer data, in a transaction of its own or under a savepoint of the open block. No call
 * is transferred twice, and none before the statement has asked for the same twice.
 */
export async function runTransfers(context: StatementContext, node: Node, names: ReadonlySet<string>): Promise<void> {
  const { connection, session } = context;
  refuseTextSettings(session);
  const deadline = new StatementDeadline(session.statementTimeout, context.signal);
  const within = { ...context, inBlock: true, signal: deadline.signal };
  const unit = TransactionUnit.begin(context, { writable: session.readOnly });
  let answer: StatementAnswer;
  try {
    await connection.describe(context.statement.text, context.statement.types);
    // Here, for it is to outlast the savepoints of runs and transfers.
    await beginTransfers(connection, sessionNonce(connection), transferModes.busy);
    const transfers = new StatementTransfers(within, node, names);
    answer = await transfers.run();
    if (!context.inBlock) await connection.run('SET CONSTRAINTS ALL IMMEDIATE');
    await endTransfers(connection, sessionNonce(connection));
    await unit.keep();
  } catch (error) {
    await unit.undo('statement').catch(() => {});
    throw await asServerError(context, explained(error), deadline);
  } finally {
    deadline.clear();
  }
  for (const notice of answer.notices) connection.passNotice(notice);
  if (answer.fields !== null) {
    await context.sink.rowDescription(answer.fields);
    if (answer.rows.length > 0) await context.sink.rows(answer.rows);
  }
  context.sink.commandComplete(answer.commandTag);
}

class StatementTransfers {
  readonly #context: StatementContext;
  readonly #nonce: string;
  readonly #independent: boolean;
  readonly #oneSnapshot: boolean;
  /** Whether the statement itself makes a table. */
  readonly #definesItself: boolean;
  readonly #made: Touched[] = [];
  #mayCall: boolean | undefined;

  constructor(context: StatementContext, node: Node, names: ReadonlySet<string>) {
    this.#context = context;
    this.#nonce = sessionNonce(context.connection);
    this.#independent = callsAreIndependent(node, names);
    this.#oneSnapshot = readsTables(node);
    this.#definesItself = definesTable(node);
  }

  async run(): Promise<StatementAnswer> {
    const run = this.#independent ? await this.#runIndependent() : await this.#runInTurns();
    const answer = run.answer as StatementAnswer;
    if (answer.untaken > 0) throw undoneImport();
    if (this.#oneSnapshot) {
      const { read } = touched(run.before, answer.after);
      if (this.#made.some(({ written }) => [...written].some((oid) => read.has(oid)))) throw readsWhatItImports();
    }
    return answer;
  }

  /** All calls are known before the first is made. */
  async #runIndependent(): Promise<StatementRun> {
    const { calls, before, error } = await this.#once(transferModes.collect);
    if (error !== undefined) throw error;
    if (calls.length > 1) {
      const again = await this.#once(transferModes.collect);
      if (keysOf(again.calls) !== keysOf(calls)) throw unsteady();
    }
    for (const call of calls) {
      const failure = await this.#transfer(call, before);
      if (failure !== undefined) throw failure.error;
    }
    const last = await this.#once(calls.length === 1 ? transferModes.single : transferModes.stop);
    if (last.calls.length > 0) throw unsteady();
    if (last.error !== undefined) throw last.error;
    return last;
  }

  /** Each call is made when all before it have their outcomes: what it gives may decide about the next. */
  async #runInTurns(): Promise<StatementRun> {
    let due: TransferCall | undefined;
    for (;;) {
      const run = await this.#once(transferModes.stop);
      if (run.error !== undefined) throw run.error;
      const [call] = run.calls;
      if (call === undefined) {
        if (due !== undefined) throw unsteady();
        return run;
      }
      if (call.untaken || (due !== undefined && due.key !== call.key)) throw unsteady();
      // The second time that the statement asks for it.
      if (due !== undefined) await this.#transferInTurn(call, run.before);
      due = due === undefined ? call : undefined;
    }
  }

  async #transferInTurn(call: TransferCall, before: Activity): Promise<void> {
    const failure = await this.#transfer(call, before);
    if (failure === undefined) return;
    // Whoever calls may catch it; what the server cannot raise by a function ends the statement.
    const message = messageOf(failure.error);
    if (message === undefined || this.#context.signal.aborted) throw failure.error;
    await storeTransfer(this.#context.connection, this.#nonce, this.#number(call), { error: message });
  }

  async #once(mode: 'collect' | 'stop' | 'single'): Promise<StatementRun> {
    this.#context.signal.throwIfAborted();
    return runStatementOnce(this.#context, this.#nonce, mode);
  }

  #number(call: TransferCall): { number: number; key: string } {
    return { number: this.#made.length, key: call.key };
  }

  /** @param runBegan what the transaction had done when the run began that has made the call */
  async #transfer(call: TransferCall, runBegan: Activity): Promise<{ readonly error: unknown } | undefined> {
    await this.#refuseForeign(call);
    const { connection } = this.#context;
    const before = await readActivity(connection);
    const index = this.#made.length;
    try {
      const answer = await inUnit({ connection, inBlock: true }, { keep: true }, () => this.#inItsPath(call));
      this.#made.push(touched(before, await readActivity(connection)));
      this.#refuseDisorder(call, runBegan, index);
      await storeTransfer(connection, this.#nonce, this.#number(call), { answer });
      return undefined;
    } catch (error) {
      if (this.#made.length > index) throw error;
      this.#made.push(touched(before, before));
      return { error };
    }
  }

  /** As the function would: with the search path that holds where it is called. */
  async #inItsPath(call: TransferCall): Promise<readonly string[]> {
    const { connection } = this.#context;
    const setPath = (path: string) =>
      connection.run(`SELECT pg_catalog.set_config('search_path', $1, true)`, { values: [path], types: [25] });
    const { rows } = await connection.run(`SELECT pg_catalog.current_setting('search_path')`);
    const own = rows[0]?.[0] ?? '';
    if (own === call.searchPath) return transfer(this.#context, call);
    await setPath(call.searchPath);
    const answer = await transfer(this.#context, call);
    await setPath(own);
    return answer;
  }

  /** The server has made the calls in the midst of the statement, and we make them before it. */
  #refuseDisorder(call: TransferCall, runBegan: Activity, index: number): void {
    const earlier = touched(runBegan, call.before);
    if (!this.#definesItself && [...earlier.written].some(isCatalog)) throw behindDefinition(call.function);
    if (commute(earlier, this.#made[index] as Touched)) return;
    throw featureNotSupported(
      `${call.function} comes behind something else in its statement that reads or writes the same rows`,
      'Call it in a statement of its own, behind what it depends on.',
    );
  }

  async #refuseForeign(call: TransferCall): Promise<void> {
    const { session, connection } = this.#context;
    if (call.caller !== session.role) {
      throw featureNotSupported(
        `${call.function} is called with the rights of another role`,
        'Call it outside of functions with SECURITY DEFINER.',
      );
    }
    this.#mayCall ??= await mayCall(connection);
    if (!this.#mayCall) throw databaseError('42501', `permission denied for function ${call.function.slice(7)}`);
  }
}

/** Whoever reports a call without the function itself has no more rights than with it. */
async function mayCall(connection: StatementContext['connection']): Promise<boolean> {
  const { rows } = await connection.run(
    `SELECT pg_catalog.bool_and(pg_catalog.has_function_privilege(p.oid, 'EXECUTE') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'))
     FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = 'aws_s3' AND p.proname IN (${transferFunctions.map((name) => `'${name}'`).join(', ')})`,
  );
  return rows[0]?.[0] === 't';
}

const keysOf = (calls: readonly TransferCall[]): string =>
  calls
    .map(({ key }) => key)
    .sort()
    .join();

const unsteady = () =>
  featureNotSupported(
    'the statement calls aws_s3 with other arguments each time it runs',
    'Compute what varies in a statement before, and hand it over as a parameter.',
  );

const undoneImport = () =>
  featureNotSupported('the statement undoes an import in a block with EXCEPTION', 'Import in a statement of its own.');

const definesTable = (node: Node): boolean =>
  'CreateTableAsStmt' in node || ('SelectStmt' in node && node.SelectStmt.intoClause !== undefined);

const behindDefinition = (name: string) =>
  featureNotSupported(
    `${name} comes behind a definition in its statement`,
    'Call it in a statement of its own, behind what creates or changes tables.',
  );

/** Whether a relation is one that every database has. */
const isCatalog = (oid: number): boolean => oid < 16_384;

const readsWhatItImports = () =>
  featureNotSupported(
    'the statement imports into a table that it reads',
    'Import in a statement of its own: natively the other part would not see the rows.',
  );

/** What a function may raise in the place of an error; undefined where it is none of S3's or the server's. */
function messageOf(error: unknown): ServerMessage | undefined {
  if (error instanceof S3Error) return asMessage(error);
  const { code, message, detail, hint } = (error ?? {}) as Partial<ServerMessage>;
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || typeof message !== 'string') return undefined;
  return { code, message, ...(detail !== undefined && { detail }), ...(hint !== undefined && { hint }) };
}

function explained(error: unknown): unknown {
  const { hint, code } = (error ?? {}) as { hint?: unknown; code?: unknown };
  if (code !== '0A000' || hint !== outsidePoolHint) return error;
  return featureNotSupported(
    'a statement that calls aws_s3 cannot make ML calls, nor can what it exports or imports',
    'Keep the results of the ML calls in a table, by a statement of their own, and export that.',
  );
}

/** A failure of S3's is raised by the server, so that the application and its transaction see it as any other. */
async function asServerError(
  { connection }: StatementContext,
  error: unknown,
  deadline: StatementDeadline,
): Promise<unknown> {
  const aborted = (error instanceof S3Error && error.code === 'ABORTED') || (error as Error)?.name === 'AbortError';
  const message = deadline.passed && aborted ? timeoutMessage : error instanceof S3Error ? asMessage(error) : undefined;
  if (message === undefined) return error;
  return raiseError(connection, message).catch((raised: unknown) => raised);
}
