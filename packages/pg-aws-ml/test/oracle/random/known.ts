import type { Way } from '../ways.js';

interface Difference {
  readonly topic: string;
  readonly text: string;
  readonly way: Way | 'again';
  /** What was seen in the place of the native answer. */
  readonly found: unknown;
  /** The step that differs; what comes after the last is what the tables hold, and then the sequence. */
  readonly at: number;
  readonly steps: number;
}

interface Known {
  readonly is: (difference: Difference) => boolean;
  readonly reason: string;
}

const refused = ({ found }: Difference): boolean => (found as { sqlState?: string } | undefined)?.sqlState === '0A000';

/** Kinds of statements that are known to be answered otherwise, as docs/compatibility.md tells. */
const known: readonly Known[] = [
  {
    is: (d) => refused(d) && /standard_conforming_strings|client_encoding|array_nulls/.test(d.text),
    reason: 'ML calls are refused where settings change how text is read or written',
  },
  {
    is: (d) => refused(d) && /read[ _]only/i.test(d.text),
    reason: 'a read-only transaction has no place for results that cannot be batched',
  },
  {
    is: (d) => refused(d) && /ISOLATION|repeatable read/.test(d.text),
    reason: 'what can only be answered one by one is refused where a statement does not see what arrives meanwhile',
  },
  {
    is: (d) => d.at === d.steps + 1 && /ISOLATION|repeatable read/.test(d.text),
    reason: 'a sequence gets gaps where a statement does not see what arrives meanwhile',
  },
];

/** Why a difference is none that is looked for. */
export const reasonWhy = (difference: Difference): string | undefined => known.find(({ is }) => is(difference))?.reason;
