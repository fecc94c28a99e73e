import type { SdkError } from './classify-failure.js';

// These check that what goes into an error is a name and nothing else: an answer that is not AWS's may hold customer text.

/** The error's name as AWS models it, or the system's code of a network error. */
export function safeAwsErrorCode(error: SdkError): string | undefined {
  const name = error.$metadata?.httpStatusCode === undefined ? (error.code ?? error.name) : error.name;
  // A SyntaxError is what the SDK makes of an answer that is not AWS's.
  if (name === 'SyntaxError') return undefined;
  return name !== undefined && name !== 'Error' && /^[A-Za-z][\w.]{0,99}$/.test(name) ? name : undefined;
}

export function safeRequestId(requestId: string | undefined): string | undefined {
  return requestId !== undefined && /^[\w=/+-]{1,128}$/.test(requestId) ? requestId : undefined;
}

export function safeArn(text: string | undefined): string | undefined {
  return text !== undefined && /^arn:[\w-]+:[\w-]+:[\w-]*:\d*:[\w+=,.@:/-]{1,512}$/.test(text) ? text : undefined;
}
