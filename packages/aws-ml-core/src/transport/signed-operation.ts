import { randomUUID } from 'node:crypto';
import type { HttpQuestion } from './http-agent.js';
import { originOf, pathOf } from './http-handler.js';
import type { SdkClient, SdkCommand } from './sdk-command.js';

interface HttpRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query: Record<string, string>;
  headers: Record<string, string>;
  body: Uint8Array | string;
}

type Identity = object;

/** The part of the SDK's own choice of a signature that is needed to sign further requests. */
interface AuthScheme {
  readonly httpAuthOption: { readonly schemeId: string; readonly signingProperties?: object };
  readonly signer: { sign(request: HttpRequest, identity: Identity, properties: object): Promise<HttpRequest> };
}

/** Writes requests of one operation to one target. */
export interface SignedOperation {
  readonly server: { readonly address: string; readonly port: number | undefined };
  question(body: Uint8Array): Promise<HttpQuestion>;
}

/** The SDK's middleware that signs a request. The name is its own affair, and may change with any version. */
const SIGNING = 'httpSigningMiddleware';

/** Headers that are new in every request. */
const own = /^(authorization|content-length|x-amz-(date|content-sha256|security-token)|amz-sdk-.*)$/;

/**
 * Lets the SDK prepare a request as it would send it — endpoint, path, headers, way of signing — but keeps it, so that
 * further requests of the same operation to the same target need a new body and a new signature only. Nothing is sent.
 *
 * @returns undefined where the SDK's request isn't of the expected kind, and has to be sent by the SDK itself
 * @throws what the SDK throws where endpoint or credentials cannot be found
 */
export async function prepareOperation(client: SdkClient, command: SdkCommand): Promise<SignedOperation | undefined> {
  const prepared = await preparedBySdk(client, command);
  if (prepared === undefined) return undefined;
  const { request, scheme } = prepared;
  const identity =
    scheme.httpAuthOption.schemeId === 'aws.auth#sigv4' ? client.config.credentials : client.config.token;
  if (identity === undefined) return undefined;
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !own.test(name)));
  const properties = scheme.httpAuthOption.signingProperties ?? {};
  const constant = { origin: originOf(request), method: request.method, path: pathOf(request) };
  return {
    server: { address: request.hostname, port: request.port },
    async question(body) {
      // The SDK keeps the identity and renews it before it expires.
      const signed = await scheme.signer.sign({ ...request, headers, body }, await identity(), properties);
      signed.headers['amz-sdk-invocation-id'] = randomUUID();
      return { ...constant, headers: signed.headers, body };
    },
  };
}

async function preparedBySdk(
  client: SdkClient,
  command: SdkCommand,
): Promise<{ request: HttpRequest; scheme: AuthScheme } | undefined> {
  // What is placed behind a middleware that isn't there fails when it is sent, and so would every call.
  if (!client.middlewareStack.identify().some((entry) => entry.split(' ')[0] === SIGNING)) return undefined;
  let prepared: { request: HttpRequest; scheme: AuthScheme } | undefined;
  command.middlewareStack.addRelativeTo(
    (_, context) => async (args) => {
      const scheme = (context.__smithy_context as { selectedHttpAuthScheme?: AuthScheme }).selectedHttpAuthScheme;
      const request = args.request as HttpRequest | undefined;
      if (scheme !== undefined && typeof request?.path === 'string') prepared = { request, scheme };
      return { response: {}, output: { $metadata: {} } };
    },
    { relation: 'after', toMiddleware: SIGNING, name: 'awsMlKeepRequest', override: true },
  );
  await client.send(command, {});
  return prepared;
}
