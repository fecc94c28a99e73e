import { hash32 } from '../random.js';

// Positions a feature is spread over; more make unrelated texts more alike by chance, fewer make vectors sparser.
const POSITIONS = 8;

/**
 * The deterministic embedding model: words, pairs of neighbouring words and letter trigrams, hashed to signed positions
 * of the vector, normalised to length 1. Texts that share words get a cosine similarity near 1, others near 0.
 */
export function hashedEmbedding(text: string, dimensions: number, seed: number): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const [feature, weight] of featuresOf(text)) {
    for (let position = 0; position < POSITIONS; position += 1) {
      const hash = hash32(`${position}:${feature}`, seed);
      const sign = hash % 2 === 0 ? 1 : -1;
      const index = (hash >>> 1) % dimensions;
      vector[index] = (vector[index] ?? 0) + sign * weight;
    }
  }
  const length = Math.hypot(...vector) || 1;
  // Real models answer in single precision.
  return vector.map((value) => Number((value / length).toPrecision(8)));
}

function* featuresOf(text: string): Generator<readonly [feature: string, weight: number]> {
  const words =
    text
      .toLowerCase()
      .normalize('NFC')
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0) yield [`text ${text}`, 1];
  for (const [index, word] of words.entries()) {
    yield [`word ${word}`, 1];
    const next = words[index + 1];
    if (next !== undefined) yield [`pair ${word} ${next}`, 0.5];
    // Inflected forms of a word share most of their trigrams.
    const padded = `^${word}$`;
    for (let start = 0; start + 3 <= padded.length; start += 1) yield [`tri ${padded.slice(start, start + 3)}`, 0.25];
  }
}
