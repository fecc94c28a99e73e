import { TrainingFailure } from '../training-job.js';

export interface NumberRange {
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** The strings of a training job, asked for one by one; what nobody has asked for is unknown to the algorithm. */
export class Hyperparameters {
  readonly #values: Readonly<Record<string, string>>;
  readonly #asked = new Set<string>();

  constructor(values: Readonly<Record<string, string>>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    this.#asked.add(name);
    const value = this.#values[name]?.trim();
    return value === '' ? undefined : value;
  }

  number(name: string, byDefault: number, { least, most, whole = false }: NumberRange = {}): number {
    const text = this.text(name);
    if (text === undefined) return byDefault;
    const value = Number(text);
    const inRange = value >= (least ?? Number.NEGATIVE_INFINITY) && value <= (most ?? Number.POSITIVE_INFINITY);
    if (inRange && Number.isFinite(value) && (!whole || Number.isInteger(value))) return value;
    const range = `${least === undefined ? '(-inf' : `[${least}`}, ${most === undefined ? 'inf)' : `${most}]`}`;
    throw new TrainingFailure(
      `ClientError: Hyperparameter ${name}: expected ${whole ? 'a whole number' : 'a number'} in ${range}.`,
    );
  }

  /** @throws where it is missing */
  required(name: string): string {
    const value = this.text(name);
    if (value !== undefined) return value;
    throw new TrainingFailure(`ClientError: Hyperparameter ${name} is required, and was not given.`);
  }

  choice<T extends string>(name: string, choices: readonly T[], byDefault?: T): T {
    const value = this.text(name) ?? byDefault ?? this.required(name);
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw new TrainingFailure(`ClientError: Hyperparameter ${name}: expected one of ${choices.join(', ')}.`);
  }

  /** Known to AWS, and without a meaning here: they tell how to compute, not what. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.#asked.add(name);
  }

  /** @throws where one was given that nobody has asked for */
  refuseUnknown(): void {
    const unknown = Object.keys(this.#values).filter((name) => !this.#asked.has(name));
    if (unknown.length === 0) return;
    throw new TrainingFailure(`ClientError: Additional hyperparameters are not allowed (${unknown.join(', ')}).`);
  }
}
