import { countCsvRows } from '../csv.js';
import { AwsError, constraintMessage } from '../services/aws-error.js';
import { MAX_ENDPOINT_BODY_BYTES, validationError } from '../services/sagemaker.js';
import { decodeSegment } from './path.js';
import { type BufferedProtocol, jsonResponse } from './protocol.js';
import { checkSignature } from './signature.js';

const PATH = /^\/endpoints\/([^/]+)\/invocations$/;

/** REST JSON: POST /endpoints/{EndpointName}/invocations; the body is the model's, the error's code a header. */
export const sagemakerProtocol: BufferedProtocol = {
  service: 'sagemaker',
  requestIdHeader: 'x-amzn-requestid',
  bodyCap: MAX_ENDPOINT_BODY_BYTES,

  accepts: ({ path }) => path.startsWith('/endpoints/'),
  authenticate: (head) => checkSignature(head, 'sagemaker', 403),

  decode({ method, path, headers }, { bytes, excess }) {
    const segment = PATH.exec(path)?.[1];
    if (segment === undefined || method !== 'POST') throw new AwsError('UnknownOperationException', 404, '');
    const endpointName = decodeSegment(segment);
    if (excess) {
      const constraint = `Member must have length less than or equal to ${MAX_ENDPOINT_BODY_BYTES}`;
      throw validationError(constraintMessage('body', constraint));
    }
    const contentType = headers['content-type'] ?? 'application/octet-stream';
    const accept = headers.accept ?? '*/*';
    return {
      operation: 'InvokeEndpoint',
      target: endpointName,
      batchSize: contentType.startsWith('text/csv') ? countCsvRows(bytes) : 1,
      async run(backend) {
        const answer = await backend.invokeEndpoint({ endpointName, contentType, accept, body: bytes });
        return {
          status: 200,
          headers: {
            'content-type': answer.contentType,
            'x-amzn-invoked-production-variant': answer.variant ?? 'AllTraffic',
          },
          body: answer.body,
        };
      },
    };
  },

  encodeError({ code, status, message, members }) {
    const response = jsonResponse(status, 'application/json', { Message: message, ...members });
    return { ...response, headers: { ...response.headers, 'x-amzn-errortype': code } };
  },
};
