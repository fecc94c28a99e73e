import { AwsError } from '../services/aws-error.js';
import type { RequestHead } from './exchange.js';

const CREDENTIAL = /Credential=[^/,\s]+\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/([^/,\s]+)/;

/**
 * Checks that a request is signed (Signature Version 4) for the right service. The signature itself is not verified:
 * any credentials do. `status` is what the service's protocol answers with (400 for JSON 1.1, 403 for REST).
 *
 * Bedrock's API keys (`Authorization: Bearer`) pass for `bedrock`.
 */
export function checkSignature({ headers }: RequestHead, signingName: string, status: number): void {
  const authorization = headers.authorization;
  if (authorization === undefined) {
    throw new AwsError('MissingAuthenticationTokenException', status, 'Missing Authentication Token');
  }
  if (signingName === 'bedrock' && /^Bearer \S+/.test(authorization)) return;
  const incomplete = (what: string) =>
    new AwsError('IncompleteSignatureException', status, `Authorization header requires ${what}.`);
  const scope = CREDENTIAL.exec(authorization);
  if (!authorization.startsWith('AWS4-HMAC-SHA256 ') || scope === null) throw incomplete("'Credential' parameter");
  if (!/SignedHeaders=[^,\s]+/.test(authorization)) throw incomplete("'SignedHeaders' parameter");
  if (!/Signature=[0-9a-f]{64}/.test(authorization)) throw incomplete("'Signature' parameter");
  const [, date, , service, terminator] = scope;
  const invalid = (message: string) => new AwsError('InvalidSignatureException', status, message);
  if (service !== signingName) throw invalid(`Credential should be scoped to correct service: '${signingName}'. `);
  if (terminator !== 'aws4_request') {
    throw invalid("Credential should be scoped with a valid terminator: 'aws4_request'. ");
  }
  const signedAt = headers['x-amz-date'];
  if (signedAt === undefined) throw incomplete("existence of either a 'X-Amz-Date' or a 'Date' header");
  if (!signedAt.startsWith(date ?? ''))
    throw invalid('Date in Credential scope does not match YYYYMMDD from ISO-8601 date. ');
}
