import type { SentimentResult } from '../sentiment/sentiment.js';

/** A document of a batch that the service could not process: an entry of BatchDetectSentiment's ErrorList. */
export interface DocumentError {
  readonly errorCode: string;
  readonly errorMessage: string;
}

export type DocumentAnswer = SentimentResult | DocumentError;

export function isDocumentError(answer: DocumentAnswer): answer is DocumentError {
  return 'errorCode' in answer;
}

export interface Payload {
  readonly contentType: string;
  readonly body: Buffer;
}

export interface EndpointRequest extends Payload {
  readonly endpointName: string;
  readonly accept: string;
}

export interface EndpointAnswer extends Payload {
  /** The production variant that has answered. Default: AllTraffic. */
  readonly variant?: string;
}

export interface ModelRequest extends Payload {
  readonly modelId: string;
  readonly accept: string;
}

export interface ModelAnswer extends Payload {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

/**
 * Who computes the answers: the local models, a cassette, or AWS while recording. Requests have been validated by then.
 * Failures are thrown as {@link AwsError}.
 */
export interface Backend {
  /** One answer for each text, in order. */
  detectSentiment(texts: readonly string[], languageCode: string): Promise<DocumentAnswer[]>;
  invokeEndpoint(request: EndpointRequest): Promise<EndpointAnswer>;
  invokeModel(request: ModelRequest): Promise<ModelAnswer>;
  /** The body is the request's JSON, the model's id apart; the answer's is that of the response. */
  converse(request: ModelRequest): Promise<ModelAnswer>;
  close(): Promise<void>;
}
