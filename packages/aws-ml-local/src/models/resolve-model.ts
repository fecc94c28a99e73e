import type { ModelRequest } from '../services/backend.js';
import { type ModelRefusal, refusals, validationException } from '../services/bedrock.js';
import { EMBEDDING_FAMILIES, familyOfId, TEXT_FAMILIES } from './families.js';
import { embeddingModel, guarded, jsonAnswer, textModel } from './local-model.js';
import type { Model, ModelConfig, ModelContext, ModelFamily, RespondModelConfig } from './model.js';
import { MODEL_FAMILIES } from './model.js';
import { proxyModel } from './proxy.js';
import { recordedModel } from './recorded.js';

/** Makes a model of its configuration. Throws an Error that names the model when it makes no sense. */
export function resolveModel(config: ModelConfig, context: ModelContext): Model {
  if (typeof config === 'string') return localModel(checkedFamily(config, context), context);
  if ('text' in config) {
    const family = config.family ?? familyOfId(context.modelId);
    const shapes = family === undefined ? undefined : TEXT_FAMILIES[family];
    if (shapes === undefined) throw new Error(`model ${context.modelId}: family must name a family of text models`);
    return textModel(shapes, config.text, context);
  }
  if ('embed' in config) {
    const shapes = EMBEDDING_FAMILIES[config.family ?? familyOfId(context.modelId) ?? 'titan-embedding'];
    if (shapes === undefined)
      throw new Error(`model ${context.modelId}: family must name a family of embedding models`);
    return embeddingModel(shapes, config, context);
  }
  if ('respond' in config) return respondModel(config);
  if ('recorded' in config) return recordedModel(config, context);
  if ('proxy' in config) return proxyModel(config.proxy);
  if ('refuses' in config) return refusingModel(config.refuses, context);
  throw new Error(`model ${context.modelId}: expected text, embed, respond, recorded, proxy or refuses`);
}

function refusingModel(refusal: ModelRefusal, context: ModelContext): Model {
  const refuse = Object.hasOwn(refusals, refusal) ? refusals[refusal] : undefined;
  if (refuse === undefined) throw new Error(`model ${context.modelId}: no refusal is called ${refusal}`);
  const family = familyOfId(context.modelId);
  const served = refusal === 'on-demand' && family !== undefined ? localModel(family, context) : undefined;
  const servedFor = ({ modelId }: ModelRequest): Model => {
    if (served === undefined || modelId === context.modelId) throw refuse(modelId);
    return served;
  };
  return {
    invoke: async (request) => servedFor(request).invoke(request),
    converse: async (request) => conversing(servedFor(request))(request),
  };
}

/** How a model converses. @throws a ValidationException where it can't: it is no text model, or its answers are given */
export function conversing(model: Model): NonNullable<Model['converse']> {
  if (model.converse !== undefined) return model.converse;
  throw validationException(
    "This action doesn't support the model that you provided. Try again with a supported text or chat model.",
  );
}

/** The deterministic local model in the shapes of a family. */
export function localModel(family: ModelFamily, context: ModelContext): Model {
  const embedding = EMBEDDING_FAMILIES[family];
  if (embedding !== undefined) return embeddingModel(embedding, { embed: true }, context);
  const text = TEXT_FAMILIES[family];
  if (text === undefined) throw new Error(`model ${context.modelId}: no family is called ${family}`);
  if (family !== 'anthropic-completion') return textModel(text, true, context);
  // Claude 2 takes messages as well.
  const completion = textModel(text, true, context);
  const messages = localModel('anthropic-messages', context);
  return {
    ...completion,
    invoke: (request) => (request.body.includes('"messages"') ? messages : completion).invoke(request),
  };
}

function checkedFamily(family: string, { modelId }: ModelContext): ModelFamily {
  const known = MODEL_FAMILIES.find((name) => name === family);
  if (known === undefined) throw new Error(`model ${modelId}: no family is called ${family}`);
  return known;
}

function respondModel({ respond }: RespondModelConfig): Model {
  const invoke: Model['invoke'] = async ({ modelId, contentType, accept, body }) => {
    const answer = await guarded(() => respond(body.toString('utf8'), { modelId, contentType, accept }));
    if (typeof answer !== 'string' && !Buffer.isBuffer(answer)) return jsonAnswer(answer, {});
    return { contentType: accept === '*/*' ? 'application/json' : accept, body: Buffer.from(answer) };
  };
  return { invoke };
}
