import type { Candidate, Metric, TrainingProgress, TrainingResult } from '../training-job.js';

/** What a training job of one algorithm ends with: its one model. */
export function resultOf(
  algorithm: string,
  model: object,
  metrics: readonly Metric[],
  objective: Candidate['objective'],
  report: (progress: TrainingProgress) => void,
  explanation?: object,
): TrainingResult {
  const bytes = new TextEncoder().encode(JSON.stringify(model));
  const candidate: Candidate = { name: algorithm, algorithm, metrics, objective, model: bytes };
  report({ kind: 'candidate', candidate });
  return {
    problemType: undefined,
    candidates: [candidate],
    best: candidate,
    explanation,
    finalMetrics: metrics,
  };
}
