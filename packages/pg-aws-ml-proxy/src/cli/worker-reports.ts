import type { Worker } from 'node:cluster';
import type { ProcessReport, ReportKind, Reports } from '../admin/process-report.js';

/** A process that takes longer is busy: what it has told last is shown. */
const PATIENCE_MS = 2_000;

export interface ReportQuestion {
  readonly report: ReportKind;
  readonly question: number;
}

export interface ReportAnswer {
  readonly answer: number;
  readonly value: unknown;
}

/** Asks the processes that share the clients what they do. */
export class WorkerReports {
  readonly #waiting = new Map<number, (value: unknown) => void>();
  readonly #latest = new WeakMap<Worker, Partial<Record<ReportKind, unknown>>>();
  #questions = 0;

  async ask<Kind extends ReportKind>(workers: readonly Worker[], kind: Kind): Promise<readonly Reports[Kind][]> {
    const reports = await Promise.all(workers.map((worker) => this.#askOne(worker, kind)));
    return reports.filter((report) => report !== undefined);
  }

  answered({ answer, value }: ReportAnswer): void {
    this.#waiting.get(answer)?.(value);
  }

  async #askOne<Kind extends ReportKind>(worker: Worker, kind: Kind): Promise<Reports[Kind] | undefined> {
    const known = this.#latest.get(worker) ?? {};
    this.#latest.set(worker, known);
    if (worker.isConnected()) known[kind] = (await this.#answerOf(worker, kind)) ?? known[kind];
    return known[kind] as Reports[Kind] | undefined;
  }

  #answerOf(worker: Worker, report: ReportKind): Promise<unknown> {
    this.#questions += 1;
    const question = this.#questions;
    return new Promise((resolve) => {
      const done = (value: unknown) => {
        clearTimeout(timer);
        this.#waiting.delete(question);
        resolve(value);
      };
      const timer = setTimeout(done, PATIENCE_MS, undefined);
      this.#waiting.set(question, done);
      worker.send({ report, question } satisfies ReportQuestion, (error) => {
        if (error) done(undefined);
      });
    });
  }
}

/** Answers in the process that was asked. */
export async function answerReport(
  { report: kind, question }: ReportQuestion,
  report: ProcessReport | undefined,
): Promise<void> {
  const value = await report?.of(kind);
  if (process.connected) process.send?.({ answer: question, value } satisfies ReportAnswer);
}
