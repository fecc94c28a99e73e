import type { AwsMlError, AwsMlErrorCode, MlFunction, MlFunctionName } from 'aws-ml-core';
import { mlFunctionsByName } from 'aws-ml-core/ml-functions';

/** What a program can know of a failed ML call: `awsMl` of the error that the server raised for it. */
export interface AwsMlFailure {
  /** What went wrong; docs/errors.md lists the codes. */
  readonly code: AwsMlErrorCode;
  /** The function that was called, such as `aws_bedrock.invoke_model`. */
  readonly function: MlFunctionName;
  /** The model, endpoint or language that the call named; undefined where that doesn't look like a name. */
  readonly target: string | undefined;
  /** The service behind the function. */
  readonly service: MlFunction['service'];
  /** AWS's id of the request that failed; undefined where nothing was answered. */
  readonly requestId: string | undefined;
  /** HTTP requests made for the call before it failed; 0 where none was sent. */
  readonly attempts: number;
  /** Whether the same call may succeed later without a change. */
  readonly retryable: boolean;
}

export function failureOf(error: AwsMlError): AwsMlFailure {
  const { code, function: name, target, requestId, attempts, retryable } = error;
  return { code, function: name, target, service: serviceOf(name), requestId, attempts, retryable };
}

const serviceOf = (name: MlFunctionName): MlFunction['service'] => (mlFunctionsByName.get(name) as MlFunction).service;

/** An error of the server, as far as it tells which call has failed. */
export interface RaisedError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  awsMl?: AwsMlFailure;
  where?: string | undefined;
}

/**
 * Completes the error that the server raised for a failed call: what a program can know of it comes as `awsMl`, and the
 * places within our own functions go from its context.
 */
export function describeRaised(raised: RaisedError, failure: AwsMlFailure): void {
  raised.awsMl = failure;
  const outside = (raised.where ?? '').split('\n').filter((line) => !ownPlace.test(line));
  raised.where = outside.length === 0 || outside[0] === '' ? undefined : outside.join('\n');
}

const ownPlace = /\b_aws_ml\.|^PL\/pgSQL function inline_code_block line 1 at RAISE$/;

const nullArgument = /^(aws_\w+\.\w+): \w+ must not be null$/;

/** The failure of a call that its function in the database has refused itself, for an argument that is NULL. */
export function refusedByFunction({ code, message = '' }: RaisedError): AwsMlFailure | undefined {
  const [, name] = (code === '22004' && nullArgument.exec(message)) || [];
  const mlFunction = mlFunctionsByName.get(name ?? '');
  if (mlFunction === undefined) return undefined;
  const { qualifiedName, service } = mlFunction;
  const nothingSent = { target: undefined, requestId: undefined, attempts: 0, retryable: false };
  return { code: 'NULL_ARGUMENT', function: qualifiedName, service, ...nothingSent };
}
