import type { TrainingOptions } from 'aws-ml-core/options';
import type { EndpointCapacity } from 'aws-ml-core/training';
import { databaseError } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { ResultSink } from '../server/statement.js';
import type { ModelServices } from './model-services.js';

/** What statements about models are run with. */
export interface ModelContext {
  readonly connection: ServerConnection;
  /** Whether the statement stands in an open transaction block. */
  readonly inBlock: boolean;
  readonly sink: ResultSink;
  readonly signal: AbortSignal;
  readonly options: TrainingOptions;
  /** Loads what models need of AWS. */
  services(): Promise<ModelServices>;
  /** Goes on with what is unfinished, in the background. */
  watch(): void;
  /** Takes the steps that can be taken now, on a connection of the pool's own. */
  advance(id?: string): Promise<void>;
}

/** What commits on its way can't be undone by a block. SQLSTATE active_sql_transaction, as for CREATE DATABASE. */
export function refuseInBlock({ inBlock }: ModelContext, statement: string): void {
  if (!inBlock) return;
  throw databaseError('25001', `${statement} cannot run inside a transaction block`, {
    hint: 'It commits on its way: what it does in AWS is not undone by a rollback.',
  });
}

const roleVariable = 'AWS_ML_TRAINING_ROLE_ARN';

/** @param written the ARN of the statement; undefined for `default` */
export function roleOf(written: string | undefined, options: TrainingOptions, env = process.env): string {
  const role = written ?? options.roleArn ?? env[roleVariable];
  if (role !== undefined) return role;
  throw databaseError('22023', 'IAM_ROLE default names no role: none is configured', {
    hint: `Set awsMl.training.roleArn or the variable ${roleVariable}, or write IAM_ROLE 'arn:aws:iam::…:role/…'.`,
  });
}

export function capacityOf({ deploy, serverless = {}, instances }: TrainingOptions): EndpointCapacity {
  if ((deploy ?? 'serverless') === 'serverless') {
    const { memorySizeInMb = 2048, maxConcurrency = 5 } = serverless;
    return { kind: 'serverless', memorySizeInMb, maxConcurrency };
  }
  return { kind: 'instances', instanceType: instances?.type ?? 'ml.m5.large', instanceCount: instances?.count ?? 1 };
}

/** On which built-in algorithms train. */
export const trainingInstance = ({ instanceType = 'ml.m5.xlarge' }: TrainingOptions): string => instanceType;
