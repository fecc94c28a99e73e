/** A rough count of a text's tokens: a word counts one for every four letters, a sign one. */
export function countTokens(text: string): number {
  let count = 0;
  for (const [piece] of text.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)) count += Math.ceil(piece.length / 4);
  return count;
}

export interface Truncated {
  readonly text: string;
  readonly truncated: boolean;
}

/** Cuts a text after `maxTokens` tokens by {@link countTokens}, at the end of a word. */
export function truncateToTokens(text: string, maxTokens: number): Truncated {
  let count = 0;
  for (const match of text.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)) {
    count += Math.ceil(match[0].length / 4);
    if (count > maxTokens) return { text: text.slice(0, match.index).trimEnd(), truncated: true };
  }
  return { text, truncated: false };
}
