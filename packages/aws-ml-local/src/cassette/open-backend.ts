import { resolve } from 'node:path';
import type { Backend } from '../services/backend.js';
import { INFERENCE_SERVICES } from '../services/service-name.js';
import { awsUpstream } from './aws-upstream.js';
import { CassetteBackend } from './cassette-backend.js';
import { CassetteFile } from './cassette-file.js';
import type { CassetteOptions } from './cassette-options.js';

/** Puts a cassette in the place of the local backend, for the services it is for. */
export async function openBackend(
  options: CassetteOptions | undefined,
  local: Backend,
  baseDirectory: string,
): Promise<Backend> {
  if (options === undefined) return local;
  const { mode, path, services = INFERENCE_SERVICES, upstream = {} } = options;
  if (mode !== 'record' && mode !== 'replay') throw new Error('cassette: mode must be record or replay');
  // Before the file: a recording that can't start leaves none behind.
  const aws = mode === 'record' ? await awsUpstream(upstream) : undefined;
  const cassette = new CassetteBackend(CassetteFile.open(resolve(baseDirectory, path), mode === 'record'), aws);
  const comprehend = services.includes('comprehend') ? cassette : local;
  const sagemaker = services.includes('sagemaker') ? cassette : local;
  const bedrock = services.includes('bedrock') ? cassette : local;
  return {
    detectSentiment: (texts, languageCode) => comprehend.detectSentiment(texts, languageCode),
    invokeEndpoint: (request) => sagemaker.invokeEndpoint(request),
    invokeModel: (request) => bedrock.invokeModel(request),
    converse: (request) => bedrock.converse(request),
    close: () => cassette.close(),
  };
}
