import {
  databaseError,
  discard,
  explainMissingExtension,
  type Failure,
  featureNotSupported,
  type Interceptor,
  leaveReady,
  type NativeRun,
  type PipelinedConnection,
  type Statement,
  type StatementOutcome,
  TransactionUnit,
} from 'pg-aws-ml/session';
import { writeReadyForQuery } from '../protocol/backend-messages.js';
import { FatalError } from '../protocol/fatal-error.js';
import { writeParse } from '../protocol/frontend-messages.js';
import { backend, frontend } from '../protocol/message-types.js';
import type { ClientSession } from '../relay/client-session.js';
import { ClientAnswer } from './client-answer.js';
import { errorFrame } from './diagnostics.js';
import { runAroundServer } from './native-run.js';
import type { ServerTurn } from './server-turn.js';
import type { MlPortal, PreparedStatement, StatementBooks } from './statement-books.js';

export interface Frame {
  readonly type: number;
  readonly frame: Buffer;
}

/** So many texts are remembered as prepared; beyond, all are prepared again. */
const MAX_PREPARED = 1000;

/** Answers one statement after the other. What throws here ends the session. */
export class Turn {
  /** Something has failed: what the client sends is dropped up to its Sync. */
  skips = false;
  readonly #session: ClientSession;
  readonly #engine: Interceptor;
  readonly #server: ServerTurn;
  readonly #books: StatementBooks;
  /** Stands for the implicit transaction of what the client executes up to its Sync. */
  #block: TransactionUnit | undefined;
  /** Of the statement that is being answered. */
  #abortion: AbortController | undefined;
  #answer: ClientAnswer | undefined;
  #cancelled = false;
  /** By text, with what the server parses in its place. */
  readonly #prepared = new Map<string, string | undefined>();

  constructor(session: ClientSession, engine: Interceptor, server: ServerTurn, books: StatementBooks) {
    this.#session = session;
    this.#engine = engine;
    this.#server = server;
    this.#books = books;
  }

  get ownsBlock(): boolean {
    return this.#block !== undefined;
  }

  get lost(): boolean {
    return this.#server.lost;
  }

  /** Answers a simple query. Everything but its answer has been answered. */
  async query(text: string, frame: Buffer, failure?: unknown): Promise<void> {
    if (!(await this.#enter(this.#session.traffic.executed))) return;
    const answer = new ClientAnswer(this.#session, true);
    const statement = { text, values: undefined, resultFormats: [], ...(failure === undefined ? {} : { failure }) };
    const connection = this.#own();
    const outcome = await this.#run(connection, statement, answer);
    if ('error' in outcome) this.#report(outcome.error);
    else if (outcome.way !== 'answered') {
      this.#release(connection);
      await this.#natively(outcome.way, { type: frontend.query, frame });
      return;
    }
    await this.#closeBlock(connection, 'error' in outcome);
    this.#release(connection, this.#books.hasUnnamed);
    this.#books.queried();
    this.#write(writeReadyForQuery(connection.transactionStatus));
  }

  /**
   * Answers an Execute.
   *
   * @param isFollowed whether the client executes more before its next Sync, or waits for answers without one
   */
  async execute(portal: MlPortal, frame: Frame, limit: number, isFollowed: () => Promise<boolean>): Promise<void> {
    const isShared = this.#session.traffic.executed || (await isFollowed());
    this.#session.pauseClient();
    if (!(await this.#enter(isShared))) return;
    if (portal.answer !== undefined) {
      portal.answer.execute(limit);
      return;
    }
    const hadPortal = this.#session.status !== 'I';
    const answer = new ClientAnswer(this.#session, false);
    answer.onSuspended = () => this.#suspended(answer);
    answer.execute(limit);
    const connection = this.#own();
    const outcome = await this.#run(connection, statementOf(portal), answer);
    this.#release(connection);
    if ('error' in outcome) {
      this.skips = true;
      this.#report(outcome.error);
    } else if (outcome.way === 'answered') {
      portal.answer = answer;
    } else if (outcome.way === 'pass-through') {
      // Outside a block our Sync has ended it.
      if (!hadPortal) this.#server.sendHidden({ type: frontend.bind, frame: portal.frame }, [backend.bindComplete]);
      void this.#server.forward(frame);
    } else {
      this.skips = true;
      await this.#undo(outcome.way);
      this.#report(
        featureNotSupported(
          'COPY with ML calls runs in the simple protocol only',
          'Send it as a simple query, without parameters.',
        ),
      );
    }
  }

  /** Ends the transaction that was begun for what the client has executed up to its Sync. */
  async endBlock(): Promise<void> {
    this.#session.pauseClient();
    // The server overlooks the client's Sync as well; another one follows behind the data.
    if ((await this.#server.quiet()) === 'copying') return;
    const connection = this.#own();
    await this.#closeBlock(connection, this.#session.status === 'E');
    this.#release(connection);
    this.skips = false;
    this.#write(writeReadyForQuery(connection.transactionStatus));
  }

  /**
   * Whether the server could not parse or describe the statement as it is: the functions that it calls are made when they
   * are needed, and the setting is unknown to it.
   */
  mustPrepare({ text }: PreparedStatement): boolean {
    if (this.#prepared.has(text)) return this.#prepared.get(text) !== undefined;
    return this.#engine.mustPrepare?.(text) ?? false;
  }

  /** Prepares what a statement needs, and sends its Parse to the server. */
  async prepare(statement: PreparedStatement, frame: Buffer): Promise<void> {
    const { text, types } = statement;
    this.#session.pauseClient();
    if (this.#prepared.has(text)) {
      this.#parse(statement, frame);
      return;
    }
    if (!(await this.#enter(this.#session.traffic.executed))) return;
    const connection = this.#own();
    this.#abortion = new AbortController();
    let refusal: unknown;
    try {
      // Its failure is the server's to report.
      const preparation = await this.#engine.prepare?.(
        connection,
        { text, values: undefined, types },
        this.#abortion.signal,
      );
      refusal = preparation?.refusal;
      if (this.#prepared.size >= MAX_PREPARED) this.#prepared.clear();
      if (refusal === undefined) this.#prepared.set(text, preparation?.standIn);
    } catch {
      if (!connection.lost && !connection.synced) await connection.sync().catch(() => {});
    }
    this.#release(connection);
    if (refusal === undefined) {
      this.#parse(statement, frame);
      return;
    }
    this.skips = true;
    this.#report(refusal);
  }

  #parse({ name, text, types }: PreparedStatement, frame: Buffer): void {
    const standIn = this.#prepared.get(text);
    const sent = standIn === undefined ? frame : writeParse({ name, text: standIn, types });
    void this.#server.forward({ type: frontend.parse, frame: sent });
  }

  /** Ends the statement as a CancelRequest does. */
  cancel(): void {
    if (this.#abortion === undefined) return;
    this.#cancelled = true;
    this.#abort(undefined);
  }

  lose(error: Error): void {
    this.#abort(error);
    this.#server.lose(error);
  }

  /** What must not happen. */
  fail(error: unknown): void {
    if (!this.lost) this.#session.end(error instanceof FatalError ? error : new FatalError('XX000', 'internal error'));
  }

  /**
   * Waits until everything that the client has sent before is answered.
   *
   * @param isShared whether others belong to the same implicit transaction: then it becomes a block of ours
   * @returns false where something has failed before: then this is skipped
   */
  async #enter(isShared: boolean): Promise<boolean> {
    const { traffic, status } = this.#session;
    const inBlock = this.ownsBlock || (status !== 'I' && traffic.readyDue === 0 && !traffic.executed);
    if (!isShared || inBlock) {
      const isQuiet = (await this.#server.quiet()) === 'quiet';
      // Our Sync has ended what the server skips.
      if (!isQuiet) this.skips = true;
      return isQuiet && !this.lost;
    }
    if ((await this.#server.quietWithinExchange()) === 'failed' || this.lost) return false;
    return this.#openBlock();
  }

  /** What was executed since the latest Sync becomes part of a block, with what follows. */
  async #openBlock(): Promise<boolean> {
    const connection = this.#own();
    let isOpen = false;
    connection.filterNotices(({ code }) => {
      // The client has begun a block itself.
      isOpen ||= code === '25001';
      return code === '25001';
    });
    const block = TransactionUnit.begin({ connection, inBlock: false });
    const failure = await connection.sync().then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    connection.filterNotices(undefined);
    if (!isOpen && connection.transactionStatus === 'T') this.#setBlock(block);
    this.#release(connection);
    if (failure === undefined) return true;
    this.skips = true;
    this.#report(failure.error);
    return false;
  }

  #setBlock(block: TransactionUnit | undefined): void {
    this.#block = block;
    // From there on it is the client's, as an implicit transaction is in which a BEGIN is executed.
    this.#server.onBegin = block && (() => this.#setBlock(undefined));
  }

  /** Commits or undoes the block, where it is ours. */
  async #closeBlock(connection: PipelinedConnection, failed: boolean): Promise<void> {
    const block = this.#block;
    this.#setBlock(undefined);
    // A client that ends the transaction itself has ended it.
    if (block === undefined || this.lost || connection.transactionStatus === 'I') return;
    try {
      if (failed || connection.transactionStatus === 'E') {
        await block.undo('statement', connection);
        return;
      }
      // Deferred triggers may make calls, too.
      const outcome = this.#engine.concerns('COMMIT')
        ? await this.#run(connection, { text: 'COMMIT', values: undefined }, undefined)
        : undefined;
      if (outcome !== undefined && 'error' in outcome) throw outcome.error;
      await block.keep(connection);
    } catch (error) {
      await block.undo('statement', connection).catch(() => {});
      this.#report(error);
    }
  }

  async #run(
    connection: PipelinedConnection,
    statement: Statement,
    answer: ClientAnswer | undefined,
  ): Promise<Failure | { readonly way: StatementOutcome }> {
    const abortion = new AbortController();
    this.#abortion = abortion;
    this.#answer = answer;
    this.#cancelled = false;
    let outcome: StatementOutcome | undefined;
    let failure: Failure | undefined;
    try {
      outcome = await this.#engine.run(connection, statement, answer ?? discard, abortion.signal);
      failure = answer && !abortion.signal.aborted ? defectOf(outcome, answer) : undefined;
    } catch (error) {
      // A portal that the client has left at its row limit has not failed.
      if (!abortion.signal.aborted) failure = { error };
    }
    if (this.#cancelled) failure = { error: databaseError('57014', 'canceling statement due to user request') };
    this.#abortion = undefined;
    this.#answer = undefined;
    // Nobody is there to be told of what ends with the session.
    if (!connection.lost) failure = (await leaveReady(connection, failure !== undefined)) ?? failure;
    if (answer !== undefined && (failure !== undefined || outcome === 'answered')) this.#session.tally.ours += 1;
    return failure ?? { way: outcome ?? 'answered' };
  }

  /** A row limit is reached. */
  #suspended(answer: ClientAnswer): void {
    if (this.#answer !== answer) return;
    // In a block it can be executed again, and others before; outside the client's Sync ends it.
    if (this.#session.status === 'I' && !this.ownsBlock) this.#abort(undefined);
    else answer.keepRest();
  }

  #abort(reason: unknown): void {
    this.#abortion?.abort(reason);
    this.#answer?.stop();
  }

  /** Lets the server run a statement that was taken. */
  async #natively(way: Exclude<StatementOutcome, 'answered'>, frame: Frame): Promise<void> {
    if (way === 'pass-through') void this.#server.forward(frame);
    else await runAroundServer(this.#session, this.#server, way, frame);
  }

  /** Ends what was prepared for a statement that does not run. */
  async #undo(run: NativeRun): Promise<void> {
    const connection = this.#own();
    await run.finish(connection).catch(() => {});
    this.#release(connection);
  }

  #own(): PipelinedConnection {
    return this.#server.own((error) => this.#abort(error));
  }

  #release(connection: PipelinedConnection, asSimpleQuery = false): void {
    this.#server.release(connection, asSimpleQuery);
    if (connection.transactionStatus === 'I') this.#books.transactionEnded(this.#session.traffic.exchange);
  }

  #report(error: unknown): void {
    explainMissingExtension(error);
    this.#session.tally.errors.add((error as { readonly code?: string } | undefined)?.code);
    this.#write(errorFrame(error));
  }

  #write(frame: Buffer): void {
    if (!this.lost) void this.#session.writeToClient(frame);
  }
}

const statementOf = ({ statement, bind }: MlPortal): Statement => ({
  text: statement.text,
  types: statement.types,
  values: bind.values.map((value, i) => {
    if (value === null) return null;
    const format = bind.formats.length === 1 ? bind.formats[0] : bind.formats[i];
    // Views of a frame that is kept with the portal.
    return format === 1 ? value : value.toString('utf8');
  }),
  resultFormats: bind.resultFormats,
});

/** An outcome that isn't what the client has got would be a wrong answer. */
function defectOf(outcome: StatementOutcome, answer: ClientAnswer): Failure | undefined {
  if (outcome === 'answered' ? answer.ended : !answer.used) return undefined;
  return {
    error: new Error(`The statement was ${String(outcome)} ${answer.used ? 'after' : 'without'} a part of its result.`),
  };
}
