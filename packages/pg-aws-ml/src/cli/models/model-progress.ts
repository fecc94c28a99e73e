import type { Ora } from 'ora';
import { bar, duration } from '../progress-line.js';

/** A model, as it is read from the database. */
export interface ShownModel {
  readonly name: string;
  readonly owned: boolean;
  readonly state: string;
  readonly stage: string;
  readonly error: string | null;
  readonly candidates: number | null;
  readonly metric: string | null;
  readonly value: number | null;
  /** Seconds since it was created. */
  readonly elapsed: number;
  /** Seconds that its job may take. */
  readonly limit: number | null;
}

/** How far the models are that are being made: on standard error; a line that changes on a terminal, else one for each change. */
export class ModelProgressLine {
  #spinner: Ora | undefined;
  #said = '';

  async show(models: readonly ShownModel[]): Promise<void> {
    const text = models.map(progressText).join('; ');
    if (!process.stderr.isTTY || !(process.stderr.columns > 0)) {
      const changed = models
        .map(({ name, state, stage }) => `${name}: ${state}${stage === '' ? '' : ` (${stage})`}`)
        .join('; ');
      if (changed !== this.#said) process.stderr.write(`${changed}\n`);
      this.#said = changed;
      return;
    }
    if (this.#spinner === undefined) {
      const { default: ora } = await import('ora');
      this.#spinner = ora({ stream: process.stderr, discardStdin: false }).start();
    }
    this.#spinner.text = text;
  }

  stop(): void {
    this.#spinner?.stop();
  }
}

/** By the part of the time that its job may take. */
export function progressText({ name, state, stage, candidates, metric, value, elapsed, limit }: ShownModel): string {
  const share = limit === null ? undefined : Math.min(elapsed / limit, 0.99);
  const parts = [
    `${name} ${stage === '' ? state : stage}`,
    ...(candidates === null ? [] : [`${candidates} tried`]),
    ...(metric === null || value === null ? [] : [`best ${metric} ${Number(value.toPrecision(4))}`]),
    ...(share === undefined || limit === null ? [] : [`at most ${duration(Math.max(0, limit - elapsed))} left`]),
  ];
  return share === undefined ? parts.join(', ') : `${bar(share)} ${parts.join(', ')}`;
}
