import type { MlFunctionName } from 'aws-ml-core';
import { mlFunctionsByName } from 'aws-ml-core/ml-functions';

const endpointVariables = {
  comprehend: 'AWS_ENDPOINT_URL_COMPREHEND',
  sagemaker: 'AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME',
  bedrock: 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
} as const;

interface Origin {
  readonly region?: string | undefined;
  readonly endpoints?: { readonly [Service in keyof typeof endpointVariables]?: string | undefined } | undefined;
}

/**
 * Region and base URL that a function's calls go to, as far as options and environment name them: an endpoint of the same
 * name may be another model elsewhere, and a local service is no model at all.
 */
export const originOf =
  ({ region, endpoints }: Origin, env: NodeJS.ProcessEnv = process.env) =>
  (name: MlFunctionName): string => {
    const service = mlFunctionsByName.get(name)?.service as keyof typeof endpointVariables;
    const url = endpoints?.[service] ?? env[endpointVariables[service]] ?? env.AWS_ENDPOINT_URL ?? '';
    return `${region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? ''} ${url}`;
  };
