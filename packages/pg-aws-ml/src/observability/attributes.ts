import type { Attributes } from '@opentelemetry/api';
import type { MlFunctionName, RequestFacts, RequestReport } from 'aws-ml-core';
import { mlFunctionsByName } from 'aws-ml-core/ml-functions';

/** The names that OpenTelemetry's conventions give what the function asks for. */
const namesOf = (name: MlFunctionName) => mlFunctionsByName.get(name)?.telemetry;

/** `Service.Operation`, as OpenTelemetry's conventions for AWS SDKs name spans. */
export const spanName = ({ function: name, operation }: RequestFacts): string =>
  `${namesOf(name)?.service}.${operation}`;

/** Of a call to AWS: "Semantic conventions for AWS SDK client spans". */
export const rpcAttributes = ({ function: name, operation }: RequestFacts): Attributes => ({
  'rpc.system': 'aws-api',
  'rpc.service': namesOf(name)?.service,
  'rpc.method': operation,
});

/** Of a call to a generative model: "Semantic conventions for AWS Bedrock operations". Undefined for others. */
export function generativeAttributes({ function: name, target }: RequestFacts): Attributes | undefined {
  const operation = namesOf(name)?.generativeOperation;
  if (operation === undefined) return undefined;
  return defined({
    'gen_ai.operation.name': operation,
    'gen_ai.provider.name': 'aws.bedrock',
    'gen_ai.request.model': target,
  });
}

/** Of the ML function. */
export const functionAttributes = ({ function: name, target }: RequestFacts): Attributes =>
  defined({ 'aws_ml.function': name, 'aws_ml.target': target });

/** What a span of a request says from its start on. */
export const requestAttributes = (facts: RequestFacts): Attributes => ({
  ...rpcAttributes(facts),
  ...generativeAttributes(facts),
  ...functionAttributes(facts),
  'aws_ml.request.inputs': facts.inputs,
  'aws_ml.request.resend': facts.resend,
  'http.request.body.size': facts.bytes,
});

/** What is known of a request when it is over. */
export const answerAttributes = (report: RequestReport): Attributes =>
  defined({
    'aws_ml.request.attempts': report.attempts,
    'aws_ml.request.throttles': report.throttles,
    'aws_ml.aws_error': report.awsErrorCode,
    'aws.request_id': report.requestId,
    'cloud.region': report.region,
    'http.response.status_code': report.httpStatus,
    ...outcomeAttributes(report),
  });

/** Of few different values: for metrics too. */
export const outcomeAttributes = ({ errorCode, server }: RequestReport): Attributes =>
  defined({ 'error.type': errorCode, 'server.address': server?.address, 'server.port': server?.port });

function defined(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
