import { describe, expect, it } from 'vitest';
import { lexiconSentiment } from './lexicon-sentiment.js';

describe('lexiconSentiment', () => {
  it.each([
    ['Thank you for the excellent customer support!', 'POSITIVE'],
    ['The latest version of this product stinks!', 'NEGATIVE'],
    ['Your support team is just awesome! I am blown away.', 'POSITIVE'],
    ['Your product is too complex, but your support is great.', 'MIXED'],
    ['Your support tech helped me in fifteen minutes.', 'POSITIVE'],
    ['My problem was never resolved!', 'NEGATIVE'],
    ['When will the new version of this product be released?', 'NEUTRAL'],
    ['I cannot stand that chatbot.', 'NEGATIVE'],
    ['Your support tech talked down to me.', 'NEGATIVE'],
    ['It took me way too long to get a real person.', 'NEGATIVE'],
    // The department is not praise, and one weak word is no opinion.
    ['I called customer support on Monday.', 'NEUTRAL'],
    ['The room was lovely but the staff were rude and awful.', 'MIXED'],
    ['Not good at all.', 'NEGATIVE'],
  ])('%s is %s', (text, sentiment) => {
    expect(lexiconSentiment(text, 'en').sentiment).toBe(sentiment);
  });

  it('reads only emoji and emoticons in other languages', () => {
    expect(lexiconSentiment('Das war ein Problem', 'de').sentiment).toBe('NEUTRAL');
    expect(lexiconSentiment('Danke 😀 :)', 'de').sentiment).toBe('POSITIVE');
  });

  it('gives scores that sum to 1 and peak at the class, whatever the length', () => {
    for (const text of ['', 'ok', 'great '.repeat(900), 'great awful '.repeat(400)]) {
      const { sentiment, score } = lexiconSentiment(text, 'en');
      const values = Object.values(score);
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(values.every((value) => value > 0 && value < 1)).toBe(true);
      const named = { POSITIVE: score.Positive, NEGATIVE: score.Negative, NEUTRAL: score.Neutral, MIXED: score.Mixed };
      expect(Math.max(...values)).toBe(named[sentiment]);
    }
  });
});
