import { STATUS_CODES } from 'node:http';
import { AwsError } from '../services/aws-error.js';
import { s3Error } from '../services/s3.js';
import { ACCOUNT_ID } from '../services/sagemaker.js';
import type { ServiceName } from '../services/service-name.js';

const isSageMaker = (service: ServiceName) => service === 'sagemaker' || service === 'sagemaker-control';

/** How a service says that it is asked too often. SDKs retry it. */
export function throttled(service: ServiceName): AwsError {
  if (service === 's3') return s3Error('SlowDown');
  return service === 'bedrock'
    ? new AwsError('ThrottlingException', 429, 'Too many requests, please wait before trying again.')
    : new AwsError('ThrottlingException', 400, 'Rate exceeded');
}

export function internalError(service: ServiceName): AwsError {
  if (service === 's3') return s3Error('InternalError');
  return isSageMaker(service)
    ? new AwsError('InternalFailure', 500, 'An internal failure occurred.')
    : new AwsError('InternalServerException', 500, 'An internal server error occurred. Retry your request.');
}

export function unavailable(service: ServiceName): AwsError {
  if (service === 's3') return s3Error('ServiceUnavailable');
  const code = isSageMaker(service) ? 'ServiceUnavailable' : 'ServiceUnavailableException';
  return new AwsError(code, 503, 'The service is unavailable. Try your call again.');
}

/** What stands before a service answers in its place, and in no protocol of AWS's. */
export class GatewayError extends AwsError {
  constructor(status: number) {
    super(String(status), status, '');
  }

  get html(): string {
    const reason = STATUS_CODES[this.status] ?? '';
    return `<html>\r\n<head><title>${this.status} ${reason}</title></head>\r\n<body>\r\n<center><h1>${this.status} ${reason}</h1></center>\r\n</body>\r\n</html>\r\n`;
  }
}

export function accessDenied(service: ServiceName, operation: string): AwsError {
  const action = `${isSageMaker(service) ? 'sagemaker' : service}:${operation}`;
  const message = `User: arn:aws:iam::${ACCOUNT_ID}:user/local is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
  if (service === 's3') return s3Error('AccessDenied', {}, message);
  const inJson = service === 'comprehend' || service === 'sagemaker-control';
  return new AwsError('AccessDeniedException', inJson ? 400 : 403, message);
}

/** What SageMaker says when a quota of the account is used up. */
export function limitExceeded(operation: string): AwsError {
  const message = `The account-level service limit for ${operation} is 0, with current utilization of 0 and a request delta of 1. Please use AWS Service Quotas to request an increase for this quota.`;
  return new AwsError('ResourceLimitExceeded', 400, message);
}
