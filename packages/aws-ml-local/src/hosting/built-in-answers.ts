import { csvLine } from '../csv.js';
import type { Payload } from '../services/backend.js';
import type { Prediction } from '../training/training-job.js';
import { csv, json, jsonLines } from './inference-fields.js';
import { pythonFloat, pythonLiteral } from './python-literal.js';

/** Answers of a built-in algorithm; undefined for a type that its container can't write. */
export type Encode = (predictions: readonly Prediction[], accept: string) => Payload | undefined;

/** XGBoost: what the objective answers, a line a row, whatever is accepted; a list where that is one. */
export const encodeXgboost: Encode = (predictions) =>
  csv(
    predictions.map(({ score, predictedLabel }) =>
      score === undefined ? predictedLabel : typeof score === 'number' ? pythonFloat(score) : pythonLiteral(score),
    ),
  );

/** Linear learner: a score, and the label where it classifies. */
export const encodeLinearLearner: Encode = (predictions, accept) =>
  encodeRecords(
    predictions.map(({ score, predictedLabel, labels, probabilities }) => {
      const classifies = labels !== undefined || probabilities !== undefined;
      return { score: score ?? Number(predictedLabel), ...(classifies && { predicted_label: Number(predictedLabel) }) };
    }),
    accept,
  );

/** K-means: the cluster and how far it is. */
export const encodeKmeans: Encode = (predictions, accept) =>
  encodeRecords(
    predictions.map(({ predictedLabel, distanceToCluster = 0 }) => ({
      closest_cluster: Number(predictedLabel),
      distance_to_cluster: distanceToCluster,
    })),
    accept,
  );

function encodeRecords(
  records: readonly Readonly<Record<string, number | readonly number[]>>[],
  accept: string,
): Payload | undefined {
  switch (accept) {
    case 'application/json':
      return json({ predictions: records });
    case 'application/jsonlines':
      return jsonLines(records);
    case 'text/csv':
      return csv(
        records.map((record) =>
          csvLine(
            Object.values(record)
              .flat()
              .map((value) => pythonFloat(value)),
          ),
        ),
      );
    default:
      return undefined;
  }
}
