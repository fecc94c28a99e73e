import { parentPort, workerData } from 'node:worker_threads';
import { runJob } from './run-job.js';
import { TrainingFailure, type TrainingProgress, type TrainingResult, type TrainingTask } from './training-job.js';

/** What the thread of a job tells the one that started it. */
export type WorkerMessage =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'done'; readonly result: TrainingResult }
  | { readonly kind: 'failed'; readonly reason: string };

const tell = (message: WorkerMessage): void => parentPort?.postMessage(message);

try {
  tell({
    kind: 'done',
    result: runJob(workerData as TrainingTask, (progress) => tell({ kind: 'progress', progress })),
  });
} catch (error) {
  // Anything else is a defect, and fails the thread with its stack.
  if (!(error instanceof TrainingFailure)) throw error;
  tell({ kind: 'failed', reason: error.message });
}
