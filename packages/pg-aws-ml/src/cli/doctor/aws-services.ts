import type { ConnectionFlags } from '../connection-options.js';

export type AwsService = 'comprehend' | 'sagemaker' | 'bedrock';

/** Never sent: it only has to pass the SDK's own checks. */
const placeholder = 'pg-aws-ml-doctor';

/** Region and credentials, as every client of the SDK resolves them. */
export async function sdkConfig({ region }: ConnectionFlags) {
  const { ComprehendClient } = await import('@aws-sdk/client-comprehend');
  return new ComprehendClient({ ...(region !== undefined && { region }) }).config;
}

/** Where the SDK would send a request to a service. It is stopped at the last step: nothing is sent, nothing costs. */
export async function resolveRequest({ region }: ConnectionFlags, service: AwsService): Promise<URL> {
  let url: URL | undefined;
  const requestHandler = {
    handle: async (request: { protocol: string; hostname: string; port?: number }) => {
      url = new URL(`${request.protocol}//${request.hostname}${request.port ? `:${request.port}` : ''}`);
      throw new Error('resolved');
    },
  };
  // An endpoint doesn't depend on who asks.
  const credentials = { accessKeyId: placeholder, secretAccessKey: placeholder };
  const config = { ...(region !== undefined && { region }), credentials, maxAttempts: 1, requestHandler };
  try {
    await send(service, config as never);
  } catch (error) {
    if (url === undefined) throw error;
  }
  return url as URL;
}

async function send(service: AwsService, config: never): Promise<unknown> {
  switch (service) {
    case 'comprehend': {
      const { ComprehendClient, DetectSentimentCommand } = await import('@aws-sdk/client-comprehend');
      return new ComprehendClient(config).send(new DetectSentimentCommand({ Text: placeholder, LanguageCode: 'en' }));
    }
    case 'sagemaker': {
      const { SageMakerRuntimeClient, InvokeEndpointCommand } = await import('@aws-sdk/client-sagemaker-runtime');
      const input = { EndpointName: placeholder, Body: Buffer.from(placeholder) };
      return new SageMakerRuntimeClient(config).send(new InvokeEndpointCommand(input));
    }
    case 'bedrock': {
      const { BedrockRuntimeClient, InvokeModelCommand } = await import('@aws-sdk/client-bedrock-runtime');
      const input = { modelId: placeholder, body: Buffer.from(placeholder) };
      return new BedrockRuntimeClient(config).send(new InvokeModelCommand(input));
    }
  }
}
