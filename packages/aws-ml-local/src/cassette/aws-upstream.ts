import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import type { SentimentResult } from '../sentiment/sentiment.js';
import { AwsError } from '../services/aws-error.js';
import type { Backend, DocumentAnswer } from '../services/backend.js';
import type { InferenceService } from '../services/service-name.js';
import type { UpstreamOptions } from './cassette-options.js';
import { upstreamEndpoint } from './upstream-endpoint.js';

/**
 * AWS itself, by the SDK's clients. Region, credentials and endpoints are resolved right away: later the environment may
 * hold what the local services put there.
 *
 * @throws Error when the clients are not installed, no region or credentials are found, or the endpoints are local services
 */
export async function awsUpstream(options: UpstreamOptions): Promise<Backend> {
  const [{ ComprehendClient, BatchDetectSentimentCommand }, sagemakerRuntime, bedrockRuntime] = await importClients();
  const { SageMakerRuntimeClient, InvokeEndpointCommand } = sagemakerRuntime;
  const { BedrockRuntimeClient, ConverseCommand, InvokeModelCommand } = bedrockRuntime;
  const { region, credentials } = await resolveAccess(options, ComprehendClient);
  const configFor = (service: InferenceService) => ({
    region,
    credentials,
    endpoint: upstreamEndpoint(service, region, options, process.env),
  });
  const comprehend = new ComprehendClient(configFor('comprehend'));
  const sagemaker = new SageMakerRuntimeClient(configFor('sagemaker'));
  const bedrock = new BedrockRuntimeClient(configFor('bedrock'));
  return {
    async detectSentiment(texts, languageCode) {
      const command = new BatchDetectSentimentCommand({ TextList: [...texts], LanguageCode: languageCode as 'en' });
      const { ResultList = [], ErrorList = [] } = await comprehend.send(command).catch(passOn);
      const answers: DocumentAnswer[] = [];
      for (const { Index = 0, Sentiment, SentimentScore } of ResultList) {
        answers[Index] = { sentiment: Sentiment, score: SentimentScore } as SentimentResult;
      }
      for (const { Index = 0, ErrorCode = '', ErrorMessage = '' } of ErrorList) {
        answers[Index] = { errorCode: ErrorCode, errorMessage: ErrorMessage };
      }
      return answers;
    },
    async invokeEndpoint({ endpointName, contentType, accept, body }) {
      const input = { EndpointName: endpointName, ContentType: contentType, Accept: accept, Body: body };
      const answer = await sagemaker.send(new InvokeEndpointCommand(input)).catch(passOn);
      return { contentType: answer.ContentType ?? 'application/octet-stream', body: Buffer.from(answer.Body ?? []) };
    },
    async invokeModel({ modelId, contentType, accept, body }) {
      const answer = await bedrock.send(new InvokeModelCommand({ modelId, contentType, accept, body })).catch(passOn);
      return { contentType: answer.contentType ?? 'application/json', body: Buffer.from(answer.body) };
    },
    async converse({ modelId, body }) {
      const input = JSON.parse(body.toString('utf8')) as Omit<ConverseCommandInput, 'modelId'>;
      const { $metadata, ...answer } = await bedrock.send(new ConverseCommand({ ...input, modelId })).catch(passOn);
      return { contentType: 'application/json', body: Buffer.from(JSON.stringify(answer)) };
    },
    async close() {
      for (const client of [comprehend, sagemaker, bedrock]) client.destroy();
    },
  };
}

async function importClients() {
  try {
    return await Promise.all([
      import('@aws-sdk/client-comprehend'),
      import('@aws-sdk/client-sagemaker-runtime'),
      import('@aws-sdk/client-bedrock-runtime'),
    ]);
  } catch (cause) {
    const packages = '@aws-sdk/client-comprehend @aws-sdk/client-sagemaker-runtime @aws-sdk/client-bedrock-runtime';
    throw new Error(`recording needs the AWS SDK: npm install ${packages}`, { cause });
  }
}

type AnyClient = typeof import('@aws-sdk/client-comprehend').ComprehendClient;

async function resolveAccess({ region, credentials }: UpstreamOptions, Client: AnyClient) {
  const client = new Client({
    ...(region !== undefined && { region }),
    ...(credentials !== undefined && { credentials }),
  });
  try {
    const provider = client.config.credentials;
    await provider();
    return { region: await client.config.region(), credentials: provider };
  } finally {
    client.destroy();
  }
}

/** An error of AWS's becomes the answer. */
function passOn(error: unknown): never {
  const { name, message, $metadata, ...members } = error as Error & { $metadata?: { httpStatusCode?: number } };
  if ($metadata?.httpStatusCode === undefined) {
    throw new AwsError('ServiceUnavailableException', 503, `AWS could not be reached while recording: ${name}`);
  }
  const original = Object.fromEntries(Object.entries(members).filter(([key]) => key.startsWith('Original')));
  throw new AwsError(name, $metadata.httpStatusCode, message, original);
}
