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
import { AWS_JSON, awsJsonBody, awsJsonOperation, isAwsJsonOf } from './aws-json.js';
import type { WireResponse } from './exchange.js';
import { type BufferedProtocol, type Invocation, jsonResponse } from './protocol.js';
import { checkSignature } from './signature.js';

const TARGET_PREFIX = 'Comprehend_20171127.';

export const comprehendProtocol: BufferedProtocol = {
  service: 'comprehend',
  requestIdHeader: 'x-amzn-requestid',
  bodyCap: 16 * 1024 * 1024,

  accepts: (head) => isAwsJsonOf(TARGET_PREFIX, head),
  authenticate: (head) => checkSignature(head, 'comprehend', 400),

  decode(head, body) {
    const operation = awsJsonOperation(TARGET_PREFIX, head);
    switch (operation) {
      case 'DetectSentiment':
        return detectSentiment(validateDocument(awsJsonBody(head, body)));
      case 'BatchDetectSentiment':
        return batchDetectSentiment(validateBatch(awsJsonBody(head, body)));
      default:
        throw new AwsError('UnknownOperationException', 400, '');
    }
  },

  encodeError({ code, status, message, members }) {
    const response = jsonResponse(status, AWS_JSON, { __type: code, Message: message, ...members });
    return { ...response, headers: { ...response.headers, 'x-amzn-errortype': code } };
  },
};

function detectSentiment({ texts, languageCode }: SentimentRequest): Invocation {
  return {
    operation: 'DetectSentiment',
    target: languageCode,
    batchSize: 1,
    async run(backend: Backend): Promise<WireResponse> {
      return jsonResponse(200, AWS_JSON, resultMembers(await answerDocument(backend, texts, languageCode)));
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
      return jsonResponse(200, AWS_JSON, { ErrorList, ResultList });
    },
  };
}

function resultMembers(answer: DocumentAnswer): object {
  return isDocumentError(answer)
    ? { ErrorCode: answer.errorCode, ErrorMessage: answer.errorMessage }
    : { Sentiment: answer.sentiment, SentimentScore: answer.score };
}
