import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { describeError } from '../output/error-text.js';

const TIMEOUT_MS = 5_000;

/** Whether a web server answers there, whatever it says: an unsigned HEAD costs nothing. Returns what is wrong. */
export function answers(url: URL): Promise<string | undefined> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const request = send(url, { method: 'HEAD', timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      resolve(undefined);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
    request.on('error', (error) => resolve(describeError(error)));
    request.end();
  });
}
