/** Comprehend's four classes. */
export const SENTIMENTS = ['POSITIVE', 'NEGATIVE', 'NEUTRAL', 'MIXED'] as const;
export type Sentiment = (typeof SENTIMENTS)[number];

/** Confidence in each class, 0 to 1; the four sum to 1. */
export interface SentimentScore {
  readonly Positive: number;
  readonly Negative: number;
  readonly Neutral: number;
  readonly Mixed: number;
}

export interface SentimentResult {
  readonly sentiment: Sentiment;
  readonly score: SentimentScore;
}

/**
 * Computes the sentiment of a text. Returning only the class gives it a score of 0.97, the rest shared equally.
 * `languageCode` is one of {@link LANGUAGE_CODES}.
 */
export type SentimentFunction = (
  text: string,
  languageCode: string,
) => Sentiment | SentimentResult | Promise<Sentiment | SentimentResult>;

/** The languages of Comprehend's LanguageCode. */
export const LANGUAGE_CODES = ['en', 'es', 'fr', 'de', 'it', 'pt', 'ar', 'hi', 'ja', 'ko', 'zh', 'zh-TW'] as const;

const SURE = 0.97;

export function completeSentiment(answer: Sentiment | SentimentResult): SentimentResult {
  if (typeof answer !== 'string') return answer;
  const of = (sentiment: Sentiment) => (sentiment === answer ? SURE : (1 - SURE) / 3);
  return {
    sentiment: answer,
    score: { Positive: of('POSITIVE'), Negative: of('NEGATIVE'), Neutral: of('NEUTRAL'), Mixed: of('MIXED') },
  };
}
