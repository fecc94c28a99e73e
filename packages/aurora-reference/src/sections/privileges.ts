import type { ReferenceSection } from '../statement.js';

const call = "SELECT sentiment FROM aws_comprehend.detect_sentiment('My problem was never resolved!', 'en')";

export const privileges: ReferenceSection = {
  subject: 'Privileges',
  statements: [
    {
      shows: 'that nobody else may execute the functions at first',
      as: 'tenant',
      sql: call,
      fails: { code: '42501', message: 'permission denied for function detect_sentiment' },
    },
    {
      shows: 'the same of invoke_endpoint',
      as: 'tenant',
      sql: "SELECT aws_sagemaker.invoke_endpoint('sagemaker_model_endpoint_name', NULL, 1)",
      fails: { code: '42501', message: 'permission denied for function invoke_endpoint' },
    },
    {
      shows: 'GRANT EXECUTE',
      sql: 'GRANT EXECUTE ON FUNCTION aws_comprehend.detect_sentiment TO tenant',
      command: 'GRANT',
    },
    {
      shows: 'a call by the role that it was granted to',
      as: 'tenant',
      sql: call,
      rows: [['NEGATIVE']],
      requests: { comprehend: 1 },
    },
    {
      shows: 'GRANT EXECUTE on invoke_endpoint, whatever its arguments',
      sql: 'GRANT EXECUTE ON FUNCTION aws_sagemaker.invoke_endpoint TO tenant',
      command: 'GRANT',
    },
    {
      shows: 'a call of it with arguments of several types',
      as: 'tenant',
      sql: "SELECT aws_sagemaker.invoke_endpoint('sagemaker_model_endpoint_name', NULL, 1, date '2024-05-06', 2.5::real)",
      columns: ['invoke_endpoint character varying'],
      rows: [['9.5']],
      requests: { sagemaker: 1 },
    },
    {
      shows: 'REVOKE USAGE on a schema, which keeps a tenant out',
      sql: 'REVOKE USAGE ON SCHEMA aws_comprehend FROM PUBLIC',
      command: 'REVOKE',
    },
    {
      shows: 'that the tenant is kept out',
      as: 'tenant',
      sql: call,
      fails: { code: '42501', message: 'permission denied for schema aws_comprehend' },
    },
    {
      shows: 'GRANT USAGE on the schema to a role',
      sql: 'GRANT USAGE ON SCHEMA aws_comprehend TO tenant',
      command: 'GRANT',
    },
    { shows: 'that it may call again', as: 'tenant', sql: call, rows: [['NEGATIVE']], requests: { comprehend: 1 } },
  ],
};
