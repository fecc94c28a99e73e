import winkSentiment from 'wink-sentiment';
import { FEEDBACK_PHRASES } from './feedback-phrases.js';
import { SENTIMENTS, type Sentiment, type SentimentResult } from './sentiment.js';

/** Sums of the positive and of the negative word scores of a text, both >= 0. */
interface Polarity {
  readonly positive: number;
  readonly negative: number;
}

/**
 * Sentiment by AFINN's lexicon (words, phrases, emoticons, emoji, negation). The lexicon is English: of a text in
 * another language only emoticons and emoji are read, so most of them come out NEUTRAL. Deterministic.
 */
export function lexiconSentiment(text: string, languageCode: string): SentimentResult {
  return classify(polarityOf(text, languageCode === 'en'));
}

function polarityOf(text: string, english: boolean): Polarity {
  let positive = 0;
  let negative = 0;
  const add = (score: number) => {
    if (score > 0) positive += score;
    else negative -= score;
  };
  let rest = text;
  if (english) {
    rest = rest.toLowerCase().replaceAll('’', "'");
    for (const [pattern, score] of FEEDBACK_PHRASES) {
      rest = rest.replace(pattern, () => {
        add(score);
        return ' , ';
      });
    }
  }
  for (const token of winkSentiment(rest).tokenizedPhrase ?? []) {
    if (token.score !== undefined && (english || token.tag !== 'word')) add(token.score);
  }
  return { positive, negative };
}

// Beyond this much polarity a text is no surer of its class; keeps the scores of long texts off 0 and 1.
const SATURATION = 8;
const NEUTRAL_ENERGY = 1.5;
const STEEPNESS = 1.5;

/** A softmax over how much speaks for each class; MIXED grows with the smaller of the two polarities. */
function classify({ positive, negative }: Polarity): SentimentResult {
  const total = positive + negative;
  const scale = total > SATURATION ? SATURATION / total : 1;
  const balance = total === 0 ? 0 : Math.min(positive, negative) / Math.max(positive, negative);
  const energies: Record<Sentiment, number> = {
    POSITIVE: positive * scale * (1 - balance),
    NEGATIVE: negative * scale * (1 - balance),
    NEUTRAL: NEUTRAL_ENERGY,
    MIXED: total * scale * balance,
  };
  const weights = SENTIMENTS.map((sentiment) => Math.exp(STEEPNESS * energies[sentiment]));
  const sum = weights.reduce((a, b) => a + b, 0);
  const [Positive = 0, Negative = 0, Neutral = 0, Mixed = 0] = weights.map((weight) => weight / sum);
  const best = weights.indexOf(Math.max(...weights));
  return { sentiment: SENTIMENTS[best] ?? 'NEUTRAL', score: { Positive, Negative, Neutral, Mixed } };
}
