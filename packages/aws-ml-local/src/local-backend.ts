import type { Endpoint, EndpointConfig } from './endpoints/endpoint.js';
import { resolveEndpoint } from './endpoints/resolve-endpoint.js';
import { baseModelId, familyOfId } from './models/families.js';
import type { Model, ModelConfig } from './models/model.js';
import { conversing, localModel, resolveModel } from './models/resolve-model.js';
import { lexiconSentiment } from './sentiment/lexicon-sentiment.js';
import { completeSentiment, type SentimentFunction } from './sentiment/sentiment.js';
import type { Backend, DocumentAnswer, EndpointRequest, ModelRequest } from './services/backend.js';
import { unknownModel } from './services/bedrock.js';
import { unknownEndpoint } from './services/sagemaker.js';

export interface LocalBackendOptions {
  readonly sentiment?: SentimentFunction | undefined;
  readonly endpoints: Readonly<Record<string, EndpointConfig>>;
  /** Endpoints that come and go: those of SageMaker's control plane. */
  readonly hosted: (name: string) => Endpoint | undefined;
  readonly models: Readonly<Record<string, ModelConfig>>;
  readonly baseDirectory: string;
  readonly seed: number;
}

/** Answers by the configured functions, tables and proxies and by the built-in deterministic models. */
export class LocalBackend implements Backend {
  private readonly sentiment: SentimentFunction;
  private readonly endpoints = new Map<string, Endpoint>();
  private readonly models = new Map<string, Model>();

  constructor(private readonly options: LocalBackendOptions) {
    const { endpoints, models, baseDirectory, seed } = options;
    this.sentiment = options.sentiment ?? lexiconSentiment;
    for (const [name, config] of Object.entries(endpoints)) {
      this.endpoints.set(name, resolveEndpoint(config, { name, baseDirectory, seed }));
    }
    for (const [modelId, config] of Object.entries(models)) {
      this.models.set(modelId, resolveModel(config, { modelId, baseDirectory, seed }));
    }
  }

  async detectSentiment(texts: readonly string[], languageCode: string): Promise<DocumentAnswer[]> {
    return Promise.all(
      texts.map(async (text) => {
        try {
          return completeSentiment(await this.sentiment(text, languageCode));
        } catch {
          // What the function throws may quote the text.
          return { errorCode: 'INTERNAL_SERVER_ERROR', errorMessage: 'Internal Server Error' };
        }
      }),
    );
  }

  async invokeEndpoint(request: EndpointRequest) {
    const endpoint = this.endpoints.get(request.endpointName) ?? this.options.hosted(request.endpointName);
    if (endpoint === undefined) throw unknownEndpoint(request.endpointName);
    return endpoint(request);
  }

  async invokeModel(request: ModelRequest) {
    return this.modelFor(request.modelId).invoke(request);
  }

  async converse(request: ModelRequest) {
    return conversing(this.modelFor(request.modelId))(request);
  }

  async close() {}

  private modelFor(modelId: string): Model {
    const base = baseModelId(modelId);
    const known = this.models.get(modelId) ?? this.models.get(base);
    if (known !== undefined) return known;
    const family = familyOfId(base);
    if (family === undefined) throw unknownModel();
    const { baseDirectory, seed } = this.options;
    const model = localModel(family, { modelId: base, baseDirectory, seed });
    this.models.set(base, model);
    return model;
  }
}
