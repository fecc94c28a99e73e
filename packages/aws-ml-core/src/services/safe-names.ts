import type { MlFunctionName } from '../ml-functions.js';
import type { SdkError } from './classify-failure.js';

/**
 * Checks that what goes into an error is a name and nothing else: an argument in the wrong place, or an answer that
 * isn't AWS's, may hold customer text.
 */
const targetPatterns: Record<MlFunctionName, RegExp> = {
  'aws_comprehend.detect_sentiment': /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/,
  'aws_sagemaker.invoke_endpoint': /^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/,
  'aws_bedrock.invoke_model': /^[a-zA-Z0-9][\w.:/-]{0,2047}$/,
  'aws_bedrock.invoke_model_get_embeddings': /^[a-zA-Z0-9][\w.:/-]{0,2047}$/,
};

export function safeTargetName(functionName: MlFunctionName, name: string): string | undefined {
  return targetPatterns[functionName].test(name) ? name : undefined;
}

/** The error's name as AWS models it, or the system's code of a network error. */
export function safeAwsErrorCode(error: SdkError): string | undefined {
  const name = error.$metadata?.httpStatusCode === undefined ? (error.code ?? error.name) : error.name;
  return name !== undefined && name !== 'Error' && /^[A-Za-z][\w.]{0,99}$/.test(name) ? name : undefined;
}

export function safeRequestId(requestId: string | undefined): string | undefined {
  return requestId !== undefined && /^[\w=/+-]{1,128}$/.test(requestId) ? requestId : undefined;
}

export function safeArn(text: string | undefined): string | undefined {
  return text !== undefined && /^arn:[\w-]+:[\w-]+:[\w-]*:\d*:[\w+=,.@:/-]{1,512}$/.test(text) ? text : undefined;
}
