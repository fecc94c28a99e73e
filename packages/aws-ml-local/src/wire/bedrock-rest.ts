import { AwsError, constraintMessage } from '../services/aws-error.js';
import type { Payload } from '../services/backend.js';
import { MAX_MODEL_BODY_BYTES, validationException } from '../services/bedrock.js';
import type { WireResponse } from './exchange.js';
import { decodeSegment } from './path.js';
import { type BufferedProtocol, jsonResponse } from './protocol.js';
import { checkSignature } from './signature.js';

const PATH = /^\/model\/([^/]+)\/(invoke|converse)$/;

/** REST JSON: POST /model/{modelId}/invoke or …/converse; the model id is percent-encoded, an ARN included. */
export const bedrockProtocol: BufferedProtocol = {
  service: 'bedrock',
  requestIdHeader: 'x-amzn-requestid',
  bodyCap: MAX_MODEL_BODY_BYTES,

  accepts: ({ path }) => path.startsWith('/model/'),
  authenticate: (head) => checkSignature(head, 'bedrock', 403),

  decode({ method, path, headers }, { bytes, excess }) {
    const [, segment, action] = PATH.exec(path) ?? [];
    if (segment === undefined || method !== 'POST') throw new AwsError('UnknownOperationException', 404, '');
    const modelId = decodeSegment(segment);
    if (excess) {
      const constraint = `Member must have length less than or equal to ${MAX_MODEL_BODY_BYTES}`;
      throw validationException(constraintMessage('body', constraint));
    }
    const contentType = headers['content-type'] ?? 'application/json';
    const accept = headers.accept ?? 'application/json';
    const converses = action === 'converse';
    return {
      operation: converses ? 'Converse' : 'InvokeModel',
      target: modelId,
      batchSize: 1,
      async run(backend) {
        const startedAt = performance.now();
        const request = { modelId, contentType, accept, body: bytes };
        if (converses) return conversation(await backend.converse(request));
        const answer = await backend.invokeModel(request);
        const count = (name: string, tokens: number | undefined) =>
          tokens === undefined ? {} : { [`x-amzn-bedrock-${name}-token-count`]: String(tokens) };
        return {
          status: 200,
          headers: {
            'content-type': answer.contentType,
            'x-amzn-bedrock-invocation-latency': String(Math.round(performance.now() - startedAt)),
            ...count('input', answer.inputTokens),
            ...count('output', answer.outputTokens),
          },
          body: answer.body,
        };
      },
    };
  },

  encodeError({ code, status, message, members }) {
    const response = jsonResponse(status, 'application/json', { message, ...members });
    // Bedrock qualifies the code; clients cut it at the colon.
    const errorType = `${code}:http://internal.amazon.com/coral/com.amazon.bedrock/`;
    return { ...response, headers: { ...response.headers, 'x-amzn-errortype': errorType } };
  },
};

/** Converse says in its body what InvokeModel says in headers. */
const conversation = ({ contentType, body }: Payload): WireResponse => ({
  status: 200,
  headers: { 'content-type': contentType },
  body,
});
