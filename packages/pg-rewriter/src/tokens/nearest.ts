import { distance } from 'fastest-levenshtein';

/** The time to compare grows with the length of both. */
const LONGEST = 64;

/** What somebody meant who wrote a word that is none of those known; undefined where nothing is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const written = word.slice(0, LONGEST).toLowerCase();
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const changes = distance(written, candidate.toLowerCase());
    if (changes < least) [best, least] = [candidate, changes];
  }
  return best;
}

/** A hint for a word that is none of those known. */
export function knownWords(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  return meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${meant}?`;
}
