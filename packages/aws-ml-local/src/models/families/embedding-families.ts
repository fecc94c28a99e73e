import { malformedInput, validationException } from '../../services/bedrock.js';
import { type JsonObject, numberMember, stringMember } from '../body.js';
import { uuidOf } from './cohere.js';

export interface EmbeddedTexts {
  readonly vectors: readonly (readonly number[])[];
  readonly inputTokens: number;
  readonly id: string;
}

/** The request and response shapes of one family of embedding models. */
export interface EmbeddingFamily {
  textsOf(body: JsonObject): readonly string[];
  /** Length of the vectors; `otherwise` comes from the model's configuration. */
  dimensionsOf(body: JsonObject, modelId: string, otherwise: number | undefined): number;
  responseOf(embedded: EmbeddedTexts, body: JsonObject, modelId: string): unknown;
}

const TITAN_V2_DIMENSIONS = [256, 512, 1024];

/** Amazon Titan Text Embeddings, G1 and V2, and the text half of the multimodal model. */
export const titanEmbedding: EmbeddingFamily = {
  textsOf: (body) => [stringMember(body, 'inputText')],

  dimensionsOf(body, modelId, otherwise) {
    const isG1 = modelId.includes('embed-text-v1') || modelId.includes('embed-g1');
    if (isG1 && body.dimensions !== undefined) throw malformedInput('extraneous key [dimensions] is not permitted');
    const dimensions = numberMember(body, 'dimensions', otherwise ?? (isG1 ? 1536 : 1024));
    const isV2 = modelId.includes('embed-text-v2');
    if (isV2 && body.dimensions !== undefined && !TITAN_V2_DIMENSIONS.includes(dimensions)) {
      throw malformedInput(`dimensions: ${dimensions} is not a valid enum value`);
    }
    return dimensions;
  },

  responseOf({ vectors, inputTokens }, body, modelId) {
    const embedding = vectors[0] ?? [];
    const answer = { embedding, inputTextTokenCount: inputTokens };
    if (!modelId.includes('embed-text-v2')) return answer;
    const types = Array.isArray(body.embeddingTypes) ? (body.embeddingTypes as unknown[]) : ['float'];
    const byType = {
      ...(types.includes('binary') && { binary: embedding.map((value) => (value > 0 ? 1 : 0)) }),
      ...(types.includes('float') && { float: embedding }),
    };
    return types.includes('float')
      ? { ...answer, embeddingsByType: byType }
      : { embeddingsByType: byType, inputTextTokenCount: inputTokens };
  },
};

const COHERE_MAX_TEXTS = 96;

/** Cohere Embed. */
export const cohereEmbedding: EmbeddingFamily = {
  textsOf(body) {
    const texts = body.texts;
    if (!Array.isArray(texts)) throw malformedInput('required key [texts] not found');
    if (body.input_type === undefined) throw malformedInput('required key [input_type] not found');
    if (texts.length < 1 || texts.length > COHERE_MAX_TEXTS) {
      throw validationException(`texts must hold 1 to ${COHERE_MAX_TEXTS} items`);
    }
    if (texts.some((text) => typeof text !== 'string')) throw malformedInput('texts: expected type: String');
    return texts as string[];
  },

  dimensionsOf: (body, modelId, otherwise) =>
    numberMember(body, 'output_dimension', otherwise ?? (modelId.includes('embed-v4') ? 1536 : 1024)),

  responseOf({ vectors, id }, body) {
    const byType = Array.isArray(body.embedding_types);
    return {
      id: uuidOf(id),
      texts: body.texts,
      embeddings: byType ? { float: vectors } : vectors,
      response_type: byType ? 'embeddings_by_type' : 'embeddings_floats',
    };
  },
};
