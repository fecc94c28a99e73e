import { ControlPlane } from '../sagemaker/control-plane.js';
import { AwsError } from '../services/aws-error.js';
import type { RequestBody, RequestHead, WireResponse } from './exchange.js';
import { type BufferedProtocol, jsonResponse } from './protocol.js';
import { checkSignature } from './signature.js';

const CONTENT_TYPE = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'SageMaker.';

/** AWS JSON 1.1: POST /, the operation in X-Amz-Target, dates in seconds, the error's code in `__type`. */
export function sagemakerControlProtocol(control: ControlPlane): BufferedProtocol {
  return {
    service: 'sagemaker-control',
    requestIdHeader: 'x-amzn-requestid',
    bodyCap: 4 * 1024 * 1024,

    accepts: ({ method, path, headers }) =>
      method === 'POST' && path === '/' && (headers['x-amz-target'] ?? '').startsWith(TARGET_PREFIX),
    authenticate: (head) => checkSignature(head, 'sagemaker', 400),

    decode(head, body) {
      const operation = (head.headers['x-amz-target'] ?? '').slice(TARGET_PREFIX.length);
      if (!ControlPlane.knows(operation)) throw new AwsError('UnknownOperationException', 400, '');
      const request = parseBody(head, body);
      control.check(operation, request);
      return {
        operation,
        target: control.target(operation, request),
        batchSize: 1,
        run: async () => answerOf(await control.answer(operation, request)),
      };
    },

    encodeError({ code, status, message, members }) {
      return jsonResponse(status, CONTENT_TYPE, { __type: code, message, ...members });
    },
  };
}

function parseBody({ headers }: RequestHead, { bytes, excess }: RequestBody): unknown {
  if (excess) throw new AwsError('RequestEntityTooLargeException', 413, 'Request body is too large');
  if (!(headers['content-type'] ?? '').startsWith(CONTENT_TYPE)) {
    throw new AwsError('UnknownOperationException', 404, '');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new AwsError('SerializationException', 400, '');
  }
}

/** An operation without an output answers with no body at all. */
function answerOf(answer: object | undefined): WireResponse {
  if (answer === undefined) return { status: 200, headers: { 'content-type': CONTENT_TYPE }, body: Buffer.alloc(0) };
  return jsonResponse(200, CONTENT_TYPE, withSeconds(answer));
}

/** Dates as seconds since 1970, with milliseconds as their fraction. */
function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSeconds(member)]));
}
