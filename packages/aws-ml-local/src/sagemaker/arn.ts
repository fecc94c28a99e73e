import { ACCOUNT_ID } from '../services/sagemaker.js';

export type ResourceKind = 'automl-job' | 'training-job' | 'model' | 'endpoint-config' | 'endpoint';

export const arnOf = (region: string, kind: ResourceKind, name: string) =>
  `arn:aws:sagemaker:${region}:${ACCOUNT_ID}:${kind}/${name}`;
