import type { PoolObserver, StatementStart, StatementWatch } from 'pg-aws-ml/session';

/** How many inputs a request carries, where that is more than one. */
const CARRIED: Readonly<Record<string, number>> = { 'aws_comprehend.detect_sentiment': 25 };

/** What a statement has sent to one endpoint, model or language. */
interface Sent {
  readonly command: string;
  readonly function: string;
  inputs: number;
  requests: number;
}

/** Counts what each statement sends: inputs, and the requests in which they go. */
export class RequestWatch implements PoolObserver {
  readonly #sent: Sent[] = [];

  statement({ command }: StatementStart): StatementWatch {
    const targets = new Map<string, Sent>();
    return {
      sends: ({ function: name, target, inputs }) => {
        const key = `${name} ${target ?? ''}`;
        const counts = targets.get(key) ?? { command, function: name, inputs: 0, requests: 0 };
        if (!targets.has(key)) this.#sent.push(counts);
        targets.set(key, counts);
        counts.inputs += inputs;
        counts.requests += 1;
      },
    };
  }

  /** How many inputs went together with others of their statement at most. */
  get most(): number {
    return Math.max(0, ...this.#sent.map(({ inputs, requests }) => inputs / requests));
  }

  /** The statements that have sent more requests than their inputs fill. */
  get split(): readonly Readonly<Sent>[] {
    return this.#sent.filter((sent) => sent.requests > Math.ceil(sent.inputs / (CARRIED[sent.function] ?? 1)));
  }
}
