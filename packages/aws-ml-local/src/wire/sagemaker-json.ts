import { ControlPlane } from '../sagemaker/control-plane.js';
import { AwsError } from '../services/aws-error.js';
import { AWS_JSON, awsJsonBody, awsJsonOperation, isAwsJsonOf } from './aws-json.js';
import type { WireResponse } from './exchange.js';
import { type BufferedProtocol, jsonResponse } from './protocol.js';
import { checkSignature } from './signature.js';

const TARGET_PREFIX = 'SageMaker.';

/** AWS JSON 1.1, with dates in seconds. */
export function sagemakerControlProtocol(control: ControlPlane): BufferedProtocol {
  return {
    service: 'sagemaker-control',
    requestIdHeader: 'x-amzn-requestid',
    bodyCap: 4 * 1024 * 1024,

    accepts: (head) => isAwsJsonOf(TARGET_PREFIX, head),
    authenticate: (head) => checkSignature(head, 'sagemaker', 400),

    decode(head, body) {
      const operation = awsJsonOperation(TARGET_PREFIX, head);
      if (!ControlPlane.knows(operation)) throw new AwsError('UnknownOperationException', 400, '');
      const request = awsJsonBody(head, body);
      control.check(operation, request);
      return {
        operation,
        target: control.target(operation, request),
        batchSize: 1,
        run: async () => answerOf(await control.answer(operation, request)),
      };
    },

    encodeError({ code, status, message, members }) {
      return jsonResponse(status, AWS_JSON, { __type: code, message, ...members });
    },
  };
}

/** An operation without an output answers with no body at all. */
function answerOf(answer: object | undefined): WireResponse {
  if (answer === undefined) return { status: 200, headers: { 'content-type': AWS_JSON }, body: Buffer.alloc(0) };
  return jsonResponse(200, AWS_JSON, withSeconds(answer));
}

/** Dates as seconds since 1970, with milliseconds as their fraction. */
function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withSeconds(member)]));
}
