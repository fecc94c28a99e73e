import { AwsError } from '../services/aws-error.js';
import { validationException } from '../services/bedrock.js';
import type { Model } from './model.js';

const TIMEOUT_MS = 60_000;

/** Posts the body to a URL as it is and answers with what that answers. */
export function proxyModel(url: string): Model {
  const target = new URL(url);
  const invoke: Model['invoke'] = async ({ contentType, accept, body }) => {
    const response = await fetch(target, {
      method: 'POST',
      headers: { 'content-type': contentType, accept },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'TimeoutError') {
        throw new AwsError('ModelTimeoutException', 408, 'Model has timed out in processing the request.');
      }
      throw new AwsError('ModelErrorException', 424, 'The model could not be reached.', { originalStatusCode: 0 });
    });
    const answer = Buffer.from(await response.arrayBuffer());
    if (response.status === 400) throw validationException('The model refused the request.');
    if (!response.ok) {
      throw new AwsError('ModelErrorException', 424, 'The model answered with an error.', {
        originalStatusCode: response.status,
      });
    }
    return { contentType: response.headers.get('content-type') ?? 'application/json', body: answer };
  };
  return { invoke };
}
