import { AwsError } from '../services/aws-error.js';
import { modelError } from '../services/sagemaker.js';
import type { Endpoint } from './endpoint.js';

// SageMaker gives a container 60 seconds to answer an invocation.
const INVOCATION_TIMEOUT_MS = 60_000;
const PING_TIMEOUT_MS = 2_000;

/**
 * Forwards to a model container. SageMaker routes to one only after its GET /ping answered; so does this, and says
 * ModelNotReadyException, which SDKs retry, until then.
 */
export function proxyEndpoint(name: string, proxy: string): Endpoint {
  const url = new URL(proxy);
  const ping = new URL(url.pathname.replace(/invocations\/?$/, 'ping'), url);
  let ready = false;
  return async ({ contentType, accept, body }) => {
    ready ||= await answersPing(ping);
    if (!ready)
      throw new AwsError('ModelNotReadyException', 429, `Endpoint ${name} is not ready: no answer to GET /ping.`);
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType, accept },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(INVOCATION_TIMEOUT_MS),
    }).catch(() => {
      ready = false;
      throw modelError(name, 0, 'The container did not answer');
    });
    const answer = Buffer.from(await response.arrayBuffer());
    if (!response.ok) throw modelError(name, response.status, answer.toString('utf8'));
    return { contentType: response.headers.get('content-type') ?? 'application/octet-stream', body: answer };
  };
}

/** A server that isn't a SageMaker container (404 on /ping) is taken as ready. */
async function answersPing(url: URL): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
}
