/** A Boolean as PostgreSQL's settings read it: any case, and prefixes as far as they are clear. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (word === '1' || isPrefix(word, 'true', 1) || isPrefix(word, 'yes', 1) || word === 'on') return true;
  if (word === '0' || isPrefix(word, 'false', 1) || isPrefix(word, 'no', 1) || isPrefix(word, 'off', 2)) return false;
  return undefined;
}

const isPrefix = (word: string, whole: string, shortest: number): boolean =>
  word.length >= shortest && whole.startsWith(word);
