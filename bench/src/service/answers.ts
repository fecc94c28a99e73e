/** The cheapest answers that are still right: what a service spends on a request must not decide a comparison. */

const classes = ['POSITIVE', 'NEGATIVE', 'NEUTRAL', 'MIXED'] as const;

/** By the last character, so that each class has about a quarter of the texts. */
const answersByClass = classes.map((name) => {
  const score = (key: string) => (key === name ? 0.97 : 0.01);
  const scores = `"Positive":${score('POSITIVE')},"Negative":${score('NEGATIVE')},"Neutral":${score('NEUTRAL')},"Mixed":${score('MIXED')}`;
  return `"Sentiment":"${name}","SentimentScore":{${scores}}`;
});

const answerOf = (text: string): string => answersByClass[text.charCodeAt(text.length - 1) % 4] as string;

/** A body and the number of inputs that it answers. */
export interface Answer {
  readonly body: string;
  readonly inputs: number;
}

export function answer(head: string, body: string): Answer {
  if (head.includes('Comprehend_20171127.BatchDetectSentiment')) {
    const { TextList: texts } = JSON.parse(body) as { TextList: string[] };
    const results = texts.map((text, index) => `{"Index":${index},${answerOf(text)}}`);
    return { body: `{"ResultList":[${results.join()}],"ErrorList":[]}`, inputs: texts.length };
  }
  if (head.includes('Comprehend_20171127.DetectSentiment')) {
    const { Text: text } = JSON.parse(body) as { Text: string };
    return { body: `{${answerOf(text)}}`, inputs: 1 };
  }
  if (head.includes('/invocations')) {
    const rows = body.split('\n');
    return { body: rows.map((row) => row.slice(0, row.indexOf(','))).join('\n'), inputs: rows.length };
  }
  return { body: '{"embedding":[0.25,0.5]}', inputs: 1 };
}

export const contentType = (head: string): string =>
  head.includes('/invocations') ? 'text/csv' : 'application/x-amz-json-1.1';
