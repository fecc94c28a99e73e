import { ENDPOINT_VARIABLES, type InferenceService, LOCAL_ACCESS_KEY } from '../services/service-name.js';
import type { UpstreamOptions } from './cassette-options.js';

/**
 * Where answers are recorded from: the option, else what the environment says to the SDKs, else AWS's public endpoint.
 * It is read when recording starts: later the environment may name the local services themselves.
 *
 * @throws Error when the environment is that of local services: they would record their own answers, or none
 */
export function upstreamEndpoint(
  service: InferenceService,
  region: string,
  { endpoints }: UpstreamOptions,
  environment: NodeJS.ProcessEnv,
): string {
  const own = endpoints?.[service];
  if (own !== undefined) return own;
  const variables = [ENDPOINT_VARIABLES[service], 'AWS_ENDPOINT_URL'];
  const variable = ignoresVariables(environment) ? undefined : variables.find((name) => environment[name]);
  if (variable === undefined) return publicEndpoint(service, region);
  if (environment.AWS_ACCESS_KEY_ID === LOCAL_ACCESS_KEY) {
    throw new Error(
      `recording needs AWS, but ${variable} and AWS_ACCESS_KEY_ID are those of local services: unset them, or set cassette.upstream.endpoints`,
    );
  }
  return environment[variable] as string;
}

const ignoresVariables = (environment: NodeJS.ProcessEnv): boolean =>
  environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true';

function publicEndpoint(service: InferenceService, region: string): string {
  const host = { comprehend: 'comprehend', sagemaker: 'runtime.sagemaker', bedrock: 'bedrock-runtime' }[service];
  return `https://${host}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
