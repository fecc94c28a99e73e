import type { Sentiment } from 'aws-ml-local';

/** The feedback of the reference's example with its sentiments, in the order of the documented answer. */
export const feedback: readonly (readonly [text: string, sentiment: Sentiment, confidence: number])[] = [
  ['Thank you for the excellent customer support!', 'POSITIVE', 0.999771],
  ['The latest version of this product stinks!', 'NEGATIVE', 0.999184],
  ['Your support team is just awesome! I am blown away.', 'POSITIVE', 0.997774],
  ['Your product is too complex, but your support is great.', 'MIXED', 0.957958],
  ['Your support tech helped me in fifteen minutes.', 'POSITIVE', 0.949491],
  ['My problem was never resolved!', 'NEGATIVE', 0.920644],
  ['When will the new version of this product be released?', 'NEUTRAL', 0.902706],
  ['I cannot stand that chatbot.', 'NEGATIVE', 0.895219],
  ['Your support tech talked down to me.', 'NEGATIVE', 0.868598],
  ['It took me way too long to get a real person.', 'NEGATIVE', 0.481805],
];

/** SQL that makes the table; the rows go in the other way round, so that only ORDER BY makes the documented order. */
export const supportTable = [
  'CREATE TABLE support (feedback text)',
  `INSERT INTO support VALUES ${[...feedback]
    .reverse()
    .map(([text]) => `('${text}')`)
    .join(', ')}`,
];
