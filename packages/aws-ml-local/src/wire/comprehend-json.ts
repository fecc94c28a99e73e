import { AwsError } from '../services/aws-error.js';
import type { Backend, DocumentAnswer } from '../services/backend.js';
import { isDocumentError } from '../services/backend.js';
import {
  answerBatch,
  answerDocument,
  type SentimentRequest,
  validateBatch,
  validateDocument,
} from '../services/comprehend.js';
import type { RequestBody, RequestHead, WireResponse } from './exchange.js';
import { type BufferedProtocol, type Invocation, jsonResponse } from './protocol.js';
import { checkSignature } from './signature.js';

const CONTENT_TYPE = 'application/x-amz-json-1.1';
const TARGET_PREFIX = 'Comprehend_20171127.';

/** AWS JSON 1.1: POST /, the operation in X-Amz-Target, the error's code in `__type`. */
export const comprehendProtocol: BufferedProtocol = {
  service: 'comprehend',
  requestIdHeader: 'x-amzn-requestid',
  bodyCap: 16 * 1024 * 1024,

  accepts: ({ method, path, headers }) =>
    method === 'POST' && path === '/' && (headers['x-amz-target'] ?? '').startsWith(TARGET_PREFIX),
  authenticate: (head) => checkSignature(head, 'comprehend', 400),

  decode(head, body) {
    const operation = (head.headers['x-amz-target'] ?? '').slice(TARGET_PREFIX.length);
    switch (operation) {
      case 'DetectSentiment':
        return detectSentiment(validateDocument(parseBody(head, body)));
      case 'BatchDetectSentiment':
        return batchDetectSentiment(validateBatch(parseBody(head, body)));
      default:
        throw new AwsError('UnknownOperationException', 400, '');
    }
  },

  encodeError({ code, status, message, members }) {
    const response = jsonResponse(status, CONTENT_TYPE, { __type: code, Message: message, ...members });
    return { ...response, headers: { ...response.headers, 'x-amzn-errortype': code } };
  },
};

function parseBody({ headers }: RequestHead, { bytes, excess }: RequestBody): unknown {
  if (excess) throw new AwsError('RequestEntityTooLargeException', 413, 'Request body is too large');
  if (!(headers['content-type'] ?? '').startsWith(CONTENT_TYPE)) {
    throw new AwsError('UnknownOperationException', 404, '');
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // The parser's message would quote the text.
    throw new AwsError('SerializationException', 400, '');
  }
}

function detectSentiment({ texts, languageCode }: SentimentRequest): Invocation {
  return {
    operation: 'DetectSentiment',
    target: languageCode,
    batchSize: 1,
    async run(backend: Backend): Promise<WireResponse> {
      return jsonResponse(200, CONTENT_TYPE, resultMembers(await answerDocument(backend, texts, languageCode)));
    },
  };
}

function batchDetectSentiment({ texts, languageCode }: SentimentRequest): Invocation {
  return {
    operation: 'BatchDetectSentiment',
    target: languageCode,
    batchSize: texts.length,
    async run(backend: Backend): Promise<WireResponse> {
      const ResultList: object[] = [];
      const ErrorList: object[] = [];
      for (const [Index, answer] of (await answerBatch(backend, texts, languageCode)).entries()) {
        (isDocumentError(answer) ? ErrorList : ResultList).push({ Index, ...resultMembers(answer) });
      }
      return jsonResponse(200, CONTENT_TYPE, { ErrorList, ResultList });
    },
  };
}

function resultMembers(answer: DocumentAnswer): object {
  return isDocumentError(answer)
    ? { ErrorCode: answer.errorCode, ErrorMessage: answer.errorMessage }
    : { Sentiment: answer.sentiment, SentimentScore: answer.score };
}
