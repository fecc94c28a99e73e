export { ConfigurationError } from 'aws-ml-options';
export type { CassetteOptions, UpstreamOptions } from './cassette/cassette-options.js';
export type {
  AnswerLayout,
  BuiltInEndpoint,
  EndpointConfig,
  PredictEndpoint,
  Prediction,
  ProxyEndpoint,
  RandomCutForestEndpoint,
  SimpleEndpoint,
  TableEndpoint,
} from './endpoints/endpoint.js';
export type {
  DocumentFault,
  ErrorFault,
  Faults,
  Occurrence,
  ServiceFaults,
  ThrottleFault,
  WrongRowsFault,
} from './faults/faults.js';
export type { LocalServicesOptions } from './local-options.js';
export { type LocalServices, startLocalServices } from './local-services.js';
export type {
  EmbeddingModelConfig,
  ModelConfig,
  ModelFamily,
  ProxyModelConfig,
  RecordedAnswer,
  RecordedModelConfig,
  RespondModelConfig,
  TextModelConfig,
} from './models/model.js';
export type { RequestCounters, RequestEntry, RequestLog } from './request-log.js';
export type { Sentiment, SentimentFunction, SentimentResult, SentimentScore } from './sentiment/sentiment.js';
export { AwsError } from './services/aws-error.js';
export type { ServiceName } from './services/service-name.js';
