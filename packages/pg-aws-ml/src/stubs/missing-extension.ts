/** An error of the server, before the application has seen it. */
interface ServerError {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  hint?: string | undefined;
}

const INVALID_SCHEMA_NAME = '3F000';

/** Says how the extension is installed, where a statement has used it and the database doesn't have it. */
export function explainMissingExtension(error: unknown): void {
  if (typeof error !== 'object' || error === null) return;
  const { code, message = '', hint } = error as ServerError;
  if (code !== INVALID_SCHEMA_NAME || hint !== undefined) return;
  const [, schema] = /\b(aws_comprehend|aws_sagemaker|aws_bedrock|aws_s3)\b/.exec(message) ?? [];
  if (schema === undefined) return;
  if (schema === 'aws_s3') {
    Object.assign(error, { hint: INSTALL_S3 });
    return;
  }
  const update =
    schema === 'aws_bedrock' ? " Where version 1.0 is installed: ALTER EXTENSION aws_ml UPDATE TO '2.0'." : '';
  Object.assign(error, { hint: `${installHint}${update}` });
}

/** How the extension is installed. */
export const installHint =
  'Install the extension through this Pool: CREATE EXTENSION aws_ml CASCADE. Or run: npx pg-aws-ml install.';

const INSTALL_S3 =
  'Install the extension through this Pool: CREATE EXTENSION aws_s3 CASCADE. Or run: npx pg-aws-ml install --s3.';
