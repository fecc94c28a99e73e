import { distance } from 'fastest-levenshtein';

/** What somebody meant who wrote a word that is none of those known; undefined where nothing is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const comparable = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  let best: string | undefined;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const changes = distance(comparable(word.slice(0, LONGEST)), comparable(candidate));
    if (changes < least) [best, least] = [candidate, changes];
  }
  return best;
}

/** The time to compare grows with the length of both. */
const LONGEST = 100;
