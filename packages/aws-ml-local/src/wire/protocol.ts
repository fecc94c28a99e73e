import type { AwsError } from '../services/aws-error.js';
import type { Backend } from '../services/backend.js';
import type { ServiceName } from '../services/service-name.js';
import type { RequestBody, RequestHead, WireResponse } from './exchange.js';

/** What a request asks for, once decoded and validated. */
export interface Invocation {
  readonly operation: string;
  /** Language, endpoint name, model id, bucket and key, or the name of a job or model. */
  readonly target: string;
  /** Logical inputs: documents or CSV rows; 1 where a request is one input. */
  readonly batchSize: number;
  /** Computes the answer. */
  run(backend: Backend): Promise<WireResponse>;
}

interface AnyProtocol {
  readonly service: ServiceName;
  /** The header that names the request in answers. */
  readonly requestIdHeader: string;
  /** Whether the request is this protocol's; decides by method, path, query and headers. */
  accepts(head: RequestHead): boolean;
  /** Throws {@link AwsError} for a request that is not signed as the service wants it. */
  authenticate(head: RequestHead): void;
  encodeError(error: AwsError, requestId: string): WireResponse;
}

/** A protocol whose requests are read to memory before they are decoded. */
export interface BufferedProtocol extends AnyProtocol {
  /** Longer bodies are read but not kept, in bytes. */
  readonly bodyCap: number;
  /** Throws {@link AwsError} for a request that the service refuses. */
  decode(head: RequestHead, body: RequestBody): Invocation;
}

/** A protocol whose bodies may be of any size: requests are decoded by their heads, and running them reads the body. */
export interface StreamedProtocol extends AnyProtocol {
  readonly bodyCap: undefined;
  /** Throws {@link AwsError} for a request that the service refuses. */
  decode(head: RequestHead, body: AsyncIterable<Uint8Array>): Invocation;
}

/** One service's wire protocol: from bytes to a call of the backend and back. */
export type Protocol = BufferedProtocol | StreamedProtocol;

export function jsonResponse(status: number, contentType: string, value: unknown): WireResponse {
  return { status, headers: { 'content-type': contentType }, body: Buffer.from(JSON.stringify(value)) };
}
