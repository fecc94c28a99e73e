import { LANGUAGE_CODES, type SentimentResult } from '../sentiment/sentiment.js';
import { AwsError, constraintMessage } from './aws-error.js';
import { type Backend, type DocumentAnswer, isDocumentError } from './backend.js';

/** Most documents of a BatchDetectSentiment request. */
export const MAX_DOCUMENTS = 25;
/** Longest document, in UTF-8 bytes. */
export const MAX_DOCUMENT_BYTES = 5000;

export interface SentimentRequest {
  readonly texts: readonly string[];
  readonly languageCode: string;
}

const validation = (message: string) => new AwsError('ValidationException', 400, message);
const serialization = () => new AwsError('SerializationException', 400, '');

export function validateDocument(input: unknown): SentimentRequest {
  const { Text: text, LanguageCode } = membersOf(input);
  if (text === undefined || text === null) throw validation(constraintMessage('text', 'Member must not be null'));
  if (typeof text !== 'string') throw serialization();
  if (text === '') {
    throw validation(constraintMessage('text', 'Member must have length greater than or equal to 1'));
  }
  const languageCode = validateLanguage(LanguageCode);
  const bytes = Buffer.byteLength(text);
  if (bytes > MAX_DOCUMENT_BYTES) throw new AwsError('TextSizeLimitExceededException', 400, sizeMessage(bytes));
  return { texts: [text], languageCode };
}

export function validateBatch(input: unknown): SentimentRequest {
  const { TextList: list, LanguageCode } = membersOf(input);
  if (list === undefined || list === null) throw validation(constraintMessage('textList', 'Member must not be null'));
  if (!Array.isArray(list) || list.some((text) => typeof text !== 'string' && text !== null)) throw serialization();
  if (list.length === 0) {
    throw validation(constraintMessage('textList', 'Member must have length greater than or equal to 1'));
  }
  if (list.includes(null)) throw validation(constraintMessage('textList', 'Member must not be null'));
  if (list.includes('')) {
    throw validation(
      constraintMessage(
        'textList',
        'Member must satisfy constraint: [Member must have length greater than or equal to 1]',
      ),
    );
  }
  const languageCode = validateLanguage(LanguageCode);
  if (list.length > MAX_DOCUMENTS) {
    const message = `Input list size exceeds limit. Max number of documents in a batch is ${MAX_DOCUMENTS} while in this request the number is ${list.length}`;
    throw new AwsError('BatchSizeLimitExceededException', 400, message);
  }
  return { texts: list as string[], languageCode };
}

/** DetectSentiment: what would be an entry of the error list is the request's error. */
export async function answerDocument(
  backend: Backend,
  texts: readonly string[],
  languageCode: string,
): Promise<SentimentResult> {
  const [answer] = await backend.detectSentiment(texts, languageCode);
  if (answer === undefined) throw new AwsError('InternalServerException', 500, 'Internal Server Error');
  if (!isDocumentError(answer)) return answer;
  const status = answer.errorCode === 'INTERNAL_SERVER_ERROR' ? 500 : 400;
  const code = DOCUMENT_ERROR_EXCEPTIONS[answer.errorCode] ?? 'InvalidRequestException';
  throw new AwsError(code, status, answer.errorMessage);
}

/** BatchDetectSentiment: documents that are too long fail on their own, the others are answered. */
export async function answerBatch(
  backend: Backend,
  texts: readonly string[],
  languageCode: string,
): Promise<DocumentAnswer[]> {
  const sizes = texts.map((text) => Buffer.byteLength(text));
  const fitting = texts.filter((_, index) => (sizes[index] ?? 0) <= MAX_DOCUMENT_BYTES);
  const answers = fitting.length === 0 ? [] : await backend.detectSentiment(fitting, languageCode);
  let next = 0;
  return sizes.map((size) => {
    if (size > MAX_DOCUMENT_BYTES) {
      return { errorCode: 'TEXT_SIZE_LIMIT_EXCEEDED', errorMessage: sizeMessage(size) };
    }
    return answers[next++] ?? { errorCode: 'INTERNAL_SERVER_ERROR', errorMessage: 'Internal Server Error' };
  });
}

const DOCUMENT_ERROR_EXCEPTIONS: Readonly<Record<string, string>> = {
  TEXT_SIZE_LIMIT_EXCEEDED: 'TextSizeLimitExceededException',
  UNSUPPORTED_LANGUAGE: 'UnsupportedLanguageException',
  INTERNAL_SERVER_ERROR: 'InternalServerException',
};

function membersOf(input: unknown): Record<string, unknown> {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw serialization();
  return input as Record<string, unknown>;
}

function validateLanguage(code: unknown): string {
  if (code === undefined || code === null) {
    throw validation(constraintMessage('languageCode', 'Member must not be null'));
  }
  if (typeof code !== 'string') throw serialization();
  if (!(LANGUAGE_CODES as readonly string[]).includes(code)) {
    const message = `Input language code is not supported. Supported language codes: ${LANGUAGE_CODES.join(', ')}`;
    throw new AwsError('UnsupportedLanguageException', 400, message);
  }
  return code;
}

function sizeMessage(bytes: number): string {
  return `Input text size exceeds limit. Max length of request text allowed is ${MAX_DOCUMENT_BYTES} bytes while in this request the text size is ${bytes} bytes`;
}
