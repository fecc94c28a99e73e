import type { LocalObjectStore } from '../objects/local-object-store.js';
import { bedrockProtocol } from './bedrock-rest.js';
import { comprehendProtocol } from './comprehend-json.js';
import type { Protocol } from './protocol.js';
import { s3Protocol } from './s3/s3-rest.js';
import { sagemakerProtocol } from './sagemaker-rest.js';

/** All protocols. The first that accepts a request answers it. */
export function protocols(objects: LocalObjectStore): readonly Protocol[] {
  return [comprehendProtocol, s3Protocol(objects), sagemakerProtocol, bedrockProtocol];
}
