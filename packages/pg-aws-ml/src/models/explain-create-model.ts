import type { ExplainCreateModel } from 'pg-rewriter';
import { databaseError } from '../server/database-error.js';
import type { ServerConnection } from '../server/server-connection.js';
import type { ModelContext } from './model-context.js';
import { isAutopilot, type ModelSpec, type TrainingSpec } from './model-spec.js';
import { textField } from './show-model.js';
import { exportQuery } from './training-data.js';
import { priceCeiling } from './training-price.js';
import { describeTraining } from './training-spec.js';

/** EXPLAIN CREATE MODEL: what would be sent, and what it would cost at most. Nothing is sent. */
export async function explainCreateModel(
  context: ModelContext,
  { statement, options }: ExplainCreateModel,
): Promise<void> {
  if (options.some(({ name, value }) => name === 'analyze' && value !== 'off' && value !== 'false')) {
    throw databaseError('0A000', 'EXPLAIN ANALYZE would create the model', { hint: 'Leave ANALYZE out.' });
  }
  const { connection, inBlock, sink } = context;
  const lines =
    statement.kind === 'train model'
      ? await trainingLines(connection, (await describeTraining(context, statement)).spec)
      : ['Create Model', '  Nothing is trained and nothing is sent: the model is there.'];
  if (!inBlock) await connection.sync();
  await sink.rowDescription([textField('QUERY PLAN')]);
  await sink.rows(lines.map((line) => [line]));
  sink.commandComplete('EXPLAIN');
}

async function trainingLines(connection: ServerConnection, spec: ModelSpec): Promise<string[]> {
  const training = spec.training as TrainingSpec;
  const columns = spec.features.length + (training.target === undefined ? 0 : 1);
  const rows = Math.min(training.rows, Math.max(1, Math.floor(training.maxCells / columns)));
  const bytes = await exportedBytes(connection, exportQuery(spec, training));
  const sampled = rows < training.rows ? ` of ${training.rows}, at random (MAX_CELLS ${training.maxCells})` : '';
  return [
    `Create Model  (${spec.kind}${training.problemType === undefined ? '' : `, ${training.problemType}`}${training.objective === undefined ? '' : `, objective ${training.objective}`})`,
    `  Rows: ${rows}${sampled}`,
    `  Columns: ${spec.features.length} to predict from${training.target === undefined ? '' : `, target "${training.target.name}"`}`,
    `  Cells: ${rows * columns}`,
    `  Export: about ${bytes} bytes of CSV to bucket "${training.bucket}"`,
    `  Training: ${isAutopilot(spec) ? 'SageMaker Autopilot' : `one ${training.instanceType}`}, ${training.maxRuntimeSeconds} s at most`,
    `  Price of training, in US dollars: ${priceCeiling(spec).text}`,
    `  Endpoint: ${training.capacity.kind === 'serverless' ? `serverless, ${training.capacity.memorySizeInMb} MB; paid by the request` : `${training.capacity.instanceCount} × ${training.capacity.instanceType}; paid by the hour until DROP MODEL`}`,
  ];
}

/** By a thousand rows. */
async function exportedBytes(connection: ServerConnection, query: string): Promise<number> {
  const { rows } = await connection.run(
    `SELECT coalesce(pg_catalog.round(pg_catalog.avg(pg_catalog.octet_length(sample.*::pg_catalog.text)) * (SELECT pg_catalog.count(*) FROM (${query}) AS counted)), 0)
     FROM (SELECT * FROM (${query}) AS data LIMIT 1000) AS sample`,
  );
  return Number(rows[0]?.[0] ?? 0);
}
