import type { Way } from '../ways.js';

interface Known {
  /** What the text of such a statement holds. */
  readonly text: RegExp;
  /** All where there is none. */
  readonly ways?: readonly (Way | 'again')[];
  readonly reason: string;
}

/** Kinds of statements that are known to be answered otherwise; each has a case marked `@known`, which fails once it isn't. */
const known: readonly Known[] = [];

export const isKnown = (text: string, way: Way | 'again'): boolean =>
  known.some((one) => one.text.test(text) && (one.ways?.includes(way) ?? true));
