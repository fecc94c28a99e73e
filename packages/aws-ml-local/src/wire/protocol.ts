import type { AwsError } from '../services/aws-error.js';
import type { Backend } from '../services/backend.js';
import type { ServiceName } from '../services/service-name.js';
import type { RequestBody, RequestHead, WireResponse } from './exchange.js';

/** What a request asks for, once decoded and validated. */
export interface Invocation {
  readonly operation: string;
  /** Language, endpoint name or model id. */
  readonly target: string;
  /** Logical inputs: documents or CSV rows; 1 where a request is one input. */
  readonly batchSize: number;
  /** Computes the answer. */
  run(backend: Backend): Promise<WireResponse>;
}

/** One service's wire protocol: from bytes to a call of the backend and back. */
export interface Protocol {
  readonly service: ServiceName;
  /** The name in SigV4's credential scope. */
  readonly signingName: string;
  /** HTTP status of a refused signature. */
  readonly unauthenticatedStatus: number;
  /** Longer bodies are read but not kept, in bytes. */
  readonly bodyCap: number;
  /** Whether the request is this protocol's; decides by method, path and headers. */
  accepts(head: RequestHead): boolean;
  /** Throws {@link AwsError} for a request that the service refuses. */
  decode(head: RequestHead, body: RequestBody): Invocation;
  encodeError(error: AwsError): WireResponse;
}

export function jsonResponse(status: number, contentType: string, value: unknown): WireResponse {
  return { status, headers: { 'content-type': contentType }, body: Buffer.from(JSON.stringify(value)) };
}
