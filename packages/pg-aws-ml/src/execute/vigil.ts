import type { ServerConnection } from '../server/server-connection.js';
import { portalName } from '../stubs/names.js';
import { observeLateness, recentLateness } from './event-loop-lateness.js';

/** The server sleeps a step at a time: a share of the time that has passed, within bounds. */
const STEP_SHARE = 0.03;
const MIN_STEP_MS = 3;
const MAX_STEP_MS = 15;
/** A new step is sent so long before the server has slept what it has, and earlier where this process is late. */
const MARGIN_MS = 2;
const MARGIN_PER_LATENESS = 1.25;
const MAX_MARGIN_MS = 200;
const MAX_MARGIN_SHARE = 0.2;

const PORTAL = portalName('vigil');
const STEPS = 64;
const CLOCK = `SELECT pg_catalog.date_part('epoch'::pg_catalog.text, pg_catalog.clock_timestamp())`;
const SLEEP = 'SELECT pg_catalog.pg_sleep($1::pg_catalog.float8)';
/**
 * A row a step. Each ends at its time ($1: when the first begins, $2: how long a step is, in seconds of the server's
 * clock), so that delays don't add up. A clock that is set back does not make a step longer.
 */
const SLEEP_IN_STEPS = `SELECT pg_catalog.pg_sleep(LEAST($2::pg_catalog.float8, ($1::pg_catalog.float8
    OPERATOR(pg_catalog.+) (step.n OPERATOR(pg_catalog.*) $2::pg_catalog.float8))
    OPERATOR(pg_catalog.-) pg_catalog.date_part('epoch'::pg_catalog.text, pg_catalog.clock_timestamp())))
  FROM (SELECT pg_catalog.generate_series(1, ${STEPS})::pg_catalog.float8 AS n) AS step`;

const open = new WeakMap<ServerConnection, Vigil>();

/**
 * Keeps a server running something while its client waits for others.
 *
 * A server that waits for the client's next message drops requests to cancel (`DoingCommandRead` in PostgreSQL's
 * postgres.c), and so it does in the moment between two messages. It sleeps in steps that are rows of a portal: Execute
 * messages of so many rows leave gaps of microseconds between them, and sleep no longer than they must when the wait is
 * over. They are sent by the clock, a little ahead: waiting for the answer to one before sending the next would take as
 * much more as the network and this process take.
 */
export class Vigil {
  /** Rejects when the server is interrupted, or its connection lost. */
  readonly broken: Promise<never>;
  readonly #connection: ServerConnection;
  readonly #started: number;
  #break!: (error: unknown) => void;
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  /** What the server's clock shows, in milliseconds, when ours shows 0. */
  #clockOffset = 0;
  /** When the server will have slept what it was sent, by our clock. */
  #coveredUntil = 0;
  #stepMs = 0;
  #stepsLeft = 0;

  /** What waits on the same connection at the same time shares one. Each has to `leave`. */
  static over(connection: ServerConnection, started: number): Vigil {
    let vigil = open.get(connection);
    if (vigil === undefined) {
      vigil = new Vigil(connection, started);
      open.set(connection, vigil);
    }
    vigil.#waiting += 1;
    return vigil;
  }

  private constructor(connection: ServerConnection, started: number) {
    this.#connection = connection;
    this.#started = started;
    this.broken = new Promise((_, reject) => {
      this.#break = reject;
    });
    // Who waits no longer finds the failure in its next query.
    this.broken.catch(() => {});
    this.#begin().catch(this.#break);
  }

  leave(): void {
    this.#waiting -= 1;
    if (this.#waiting > 0) return;
    open.delete(this.#connection);
    clearTimeout(this.#timer);
    this.#closePortal();
  }

  async #begin(): Promise<void> {
    await this.#readClock();
    // The server may have been busy with something else: its clock would seem to be behind.
    if (this.#waiting > 0 && performance.now() > this.#coveredUntil) await this.#readClock();
    if (this.#waiting > 0) this.#extend();
  }

  async #readClock(): Promise<void> {
    const asked = performance.now();
    const answer = this.#connection.run(CLOCK);
    answer.catch(() => {});
    // In a tick of its own, so that the answer does not wait for it.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    const milliseconds = this.#margin(asked) + MIN_STEP_MS;
    this.#connection.run(SLEEP, { values: [String(milliseconds / 1000)] }).catch(this.#break);
    this.#coveredUntil = asked + milliseconds;
    const { rows } = await answer;
    this.#clockOffset = Number(rows[0]?.[0]) * 1000 - asked;
  }

  #margin(now: number): number {
    const late = Math.min(recentLateness(now) * MARGIN_PER_LATENESS, (now - this.#started) * MAX_MARGIN_SHARE);
    return MARGIN_MS + Math.min(late, MAX_MARGIN_MS);
  }

  #extend(): void {
    const now = performance.now();
    const margin = this.#margin(now);
    const step = Math.min(MAX_STEP_MS, Math.max(MIN_STEP_MS, (now - this.#started) * STEP_SHARE));
    while (this.#coveredUntil < now + margin + step) this.#send(now + margin + step, step);
    const due = this.#coveredUntil - margin;
    this.#timer = setTimeout(() => {
      observeLateness(due);
      this.#extend();
    }, due - now);
  }

  /** Sends steps up to that time, or those that the portal has left. */
  #send(until: number, step: number): void {
    if (this.#stepsLeft === 0) this.#openPortal(step);
    const steps = Math.min(this.#stepsLeft, Math.ceil((until - this.#coveredUntil) / this.#stepMs));
    this.#connection.fetch(PORTAL, steps).catch(this.#break);
    this.#stepsLeft -= steps;
    this.#coveredUntil += steps * this.#stepMs;
  }

  #openPortal(stepMs: number): void {
    this.#closePortal();
    this.#stepMs = stepMs;
    this.#stepsLeft = STEPS;
    const begin = (this.#coveredUntil + this.#clockOffset) / 1000;
    const values = [begin.toFixed(6), String(stepMs / 1000)];
    this.#connection.openPortal(PORTAL, SLEEP_IN_STEPS, { values }).catch(this.#break);
  }

  #closePortal(): void {
    if (this.#stepMs > 0) this.#connection.closePortal(PORTAL).catch(() => {});
  }
}
