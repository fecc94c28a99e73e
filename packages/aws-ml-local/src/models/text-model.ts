/** Sentences an answer is made of. */
const ANSWER_SENTENCES = 2;

/**
 * The deterministic text model: answers with the sentences of the prompt whose words are the most frequent in it. No
 * language model, but always the same, about the subject, and shorter than the prompt.
 */
export function extractiveAnswer(prompt: string): string {
  const sentences = prompt
    .replace(/^[^\S\n]*(?:Human|User|Assistant|Bot|System):/gm, '')
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => /\p{L}/u.test(sentence));
  if (sentences.length === 0) return 'There is nothing to answer.';
  const frequency = new Map<string, number>();
  for (const word of sentences.flatMap(contentWords)) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const weight = (sentence: string) => {
    const words = contentWords(sentence);
    const total = words.reduce((sum, word) => sum + (frequency.get(word) ?? 0), 0);
    return words.length === 0 ? 0 : total / Math.sqrt(words.length);
  };
  const chosen = sentences
    .map((sentence, index) => ({ sentence, index, weight: weight(sentence) }))
    .sort((a, b) => b.weight - a.weight || a.index - b.index)
    .slice(0, ANSWER_SENTENCES)
    .sort((a, b) => a.index - b.index);
  return chosen.map(({ sentence }) => sentence).join(' ');
}

function contentWords(sentence: string): string[] {
  return (sentence.toLowerCase().match(/\p{L}{4,}/gu) ?? []) as string[];
}
