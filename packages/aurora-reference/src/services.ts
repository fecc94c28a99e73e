import type { LocalServicesOptions, Sentiment, SentimentResult } from 'aws-ml-local';
import { feedback } from './feedback.js';

/** French notes and what the service thinks of them. */
export const notes = {
  better: 'Le patient va beaucoup mieux.',
  worse: 'La douleur est revenue cette nuit.',
} as const;

/** What Comprehend answers, by text; a text that is not here fails the statement. */
const sentiments = new Map<string, readonly [Sentiment, number]>([
  ...feedback.map(([text, sentiment, confidence]) => [text, [sentiment, confidence]] as const),
  [notes.better, ['POSITIVE', 0.75]],
  [notes.worse, ['NEGATIVE', 0.875]],
]);

export const claudePrompt =
  '\n\nHuman: Answer from the context alone, and in full.\n\nContext: %s \n\nQuestion: %s \n\nAssistant:';

export const claudeAnswer = { completion: ' The context says nothing.', stop_reason: 'stop_sequence' };

export const titanEmbedding = [0.25, -0.5, 0.125, 1e-7];

/** The services as the reference's models would answer: tables and arithmetic that a reader can check. */
export const referenceServices: LocalServicesOptions = {
  sentiment: (text) => sentimentOf(text),
  endpoints: {
    // The sum of its inputs: of a date its day, of an empty field (NULL) 1000.
    sagemaker_model_endpoint_name: { predict: (fields) => fields.map(numberOf).reduce((a, b) => a + b, 0) },
    // Two outputs.
    endpt_name: { predict: ([cashFlow, debt]) => [Number(cashFlow) / 4, Number(debt) / 8] },
    // How many characters it is given.
    anomaly_endpoint: { predict: ([description = '']) => description.length },
  },
  models: {
    'anthropic.claude-v2': {
      recorded: [
        {
          request: {
            prompt: claudePrompt,
            max_tokens_to_sample: 4096,
            temperature: 0.5,
            top_k: 250,
            top_p: 0.5,
            stop_sequences: [],
          },
          response: claudeAnswer,
        },
      ],
    },
    'amazon.titan-embed-text-v1': {
      recorded: [
        {
          request: { inputText: 'PostgreSQL I/O monitoring views' },
          response: { embedding: titanEmbedding, inputTextTokenCount: 5 },
        },
      ],
    },
  },
};

function sentimentOf(text: string): SentimentResult {
  const known = sentiments.get(text);
  if (known === undefined) throw new Error('a text that no statement sends');
  const [sentiment, confidence] = known;
  const score = (name: Sentiment) => (name === sentiment ? confidence : (1 - confidence) / 3);
  return {
    sentiment,
    score: {
      Positive: score('POSITIVE'),
      Negative: score('NEGATIVE'),
      Neutral: score('NEUTRAL'),
      Mixed: score('MIXED'),
    },
  };
}

function numberOf(field: string): number {
  if (field === '') return 1000;
  const date = /^\d{4}-\d{2}-(\d{2})$/.exec(field);
  return Number(date?.[1] ?? field);
}
