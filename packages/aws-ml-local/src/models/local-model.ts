import { createHash } from 'node:crypto';
import { AwsError } from '../services/aws-error.js';
import type { ModelAnswer, ModelRequest } from '../services/backend.js';
import { validationException } from '../services/bedrock.js';
import { parseBody } from './body.js';
import { conversationOf, untilStopSequence } from './conversation.js';
import { hashedEmbedding } from './embedding-model.js';
import type { EmbeddingFamily } from './families/embedding-families.js';
import type { TextFamily } from './families/text-family.js';
import type { EmbeddingModelConfig, Model, ModelContext, TextModelConfig } from './model.js';
import { extractiveAnswer } from './text-model.js';
import { countTokens, truncateToTokens } from './tokens.js';

/** A text model in the shapes of a family. */
export function textModel(family: TextFamily, text: TextModelConfig['text'], { modelId }: ModelContext): Model {
  const answerTo = text === true ? extractiveAnswer : text;
  const invoke: Model['invoke'] = async (request) => {
    const body = jsonBody(request);
    const { prompt, maxTokens } = family.promptOf(body);
    const { text: answer, truncated } = truncateToTokens(await guarded(() => answerTo(prompt)), maxTokens);
    const inputTokens = countTokens(prompt);
    const outputTokens = countTokens(answer);
    const generated = { text: answer, truncated, inputTokens, outputTokens, id: digestOf(request) };
    return jsonAnswer(family.responseOf(generated, body, modelId), { inputTokens, outputTokens });
  };
  return { invoke, converse: (request) => converse(answerTo, family.takesSystem?.(modelId) ?? true, request) };
}

async function converse(
  answerTo: Exclude<TextModelConfig['text'], true>,
  takesSystem: boolean,
  request: ModelRequest,
): Promise<ModelAnswer> {
  const startedAt = performance.now();
  const { prompt, hasSystem, maxTokens, stopSequences } = conversationOf(parseBody(request.body));
  if (hasSystem && !takesSystem) {
    throw validationException(
      "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
    );
  }
  const whole = untilStopSequence(await guarded(() => answerTo(prompt)), stopSequences);
  const { text, truncated } = truncateToTokens(whole.text, maxTokens);
  const inputTokens = countTokens(prompt);
  const outputTokens = countTokens(text);
  return jsonAnswer(
    {
      metrics: { latencyMs: Math.round(performance.now() - startedAt) },
      output: { message: { content: [{ text }], role: 'assistant' } },
      stopReason: truncated ? 'max_tokens' : whole.stopped ? 'stop_sequence' : 'end_turn',
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    },
    { inputTokens, outputTokens },
  );
}

/** An embedding model in the shapes of a family. */
export function embeddingModel(family: EmbeddingFamily, config: EmbeddingModelConfig, context: ModelContext): Model {
  const { embed } = config;
  const invoke: Model['invoke'] = async (request) => {
    const body = jsonBody(request);
    const texts = family.textsOf(body);
    const dimensions = family.dimensionsOf(body, context.modelId, config.dimensions);
    const vectors = await Promise.all(
      texts.map((text) =>
        embed === true ? hashedEmbedding(text, dimensions, context.seed) : guarded(() => embed(text)),
      ),
    );
    const inputTokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
    const embedded = { vectors, inputTokens, id: digestOf(request) };
    return jsonAnswer(family.responseOf(embedded, body, context.modelId), { inputTokens });
  };
  return { invoke };
}

function jsonBody({ contentType, accept, body }: ModelRequest) {
  if (!contentType.toLowerCase().startsWith('application/json')) {
    throw validationException('The content type is not supported by the model.');
  }
  if (!/^(?:application\/json|\*\/\*|application\/\*)/i.test(accept)) {
    throw validationException('The accept type is not supported by the model.');
  }
  return parseBody(body);
}

export function jsonAnswer(value: unknown, tokens: Pick<ModelAnswer, 'inputTokens' | 'outputTokens'>): ModelAnswer {
  return { contentType: 'application/json', body: Buffer.from(JSON.stringify(value)), ...tokens };
}

/** Runs a function of the configuration; what it throws may quote its input, so it isn't passed on. */
export async function guarded<T>(run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof AwsError) throw error;
    const message = 'The model failed while processing the request.';
    throw new AwsError('ModelErrorException', 424, message, { originalStatusCode: 500 });
  }
}

function digestOf({ modelId, body }: ModelRequest): string {
  return createHash('sha256').update(modelId).update('\0').update(body).digest('hex').slice(0, 32);
}
