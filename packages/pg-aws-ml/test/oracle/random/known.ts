import type { Way } from '../ways.js';

interface Known {
  /** All where there is none. */
  readonly topic?: string;
  /** What the text of such a statement holds. */
  readonly text: RegExp;
  /** All where there is none. */
  readonly ways?: readonly (Way | 'again')[];
  readonly reason: string;
}

/** Kinds of statements that are known to be answered otherwise: to be taken out by who repairs them. */
const known: readonly Known[] = [
  {
    text: /\bBEGIN\b/,
    ways: ['live'],
    reason: 'the second live statement of a transaction waits for the first',
  },
  {
    topic: 'transactions',
    text: /DO \$\$[\s\S]*DO \$\$/,
    reason: 'the second live statement of a transaction waits for the first',
  },
  {
    text: /standard_conforming_strings|client_encoding|backslash_quote/,
    reason: 'ML calls are refused where settings change how text is read or written',
  },
  { text: /refcursor/, reason: 'a FETCH finds no results for a cursor that a function has opened' },
];

export const isKnown = (topic: string, text: string, way: Way | 'again'): boolean =>
  known.some(
    (one) =>
      (one.topic === undefined || one.topic === topic) && one.text.test(text) && (one.ways?.includes(way) ?? true),
  );
