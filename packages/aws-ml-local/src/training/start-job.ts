import { Worker } from 'node:worker_threads';
import {
  type RunningJob,
  TrainingFailure,
  type TrainingProgress,
  type TrainingResult,
  type TrainingTask,
} from './training-job.js';
import type { WorkerMessage } from './worker.js';

/** Threads run what is built, even if this file runs from the sources, as it does in tests. */
const worker = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/training/worker.js' : './worker.js',
  import.meta.url,
);

/** Trains in a thread of its own. @param report called for each stage and each candidate, in their order */
export function startJob(
  task: TrainingTask,
  report: (progress: TrainingProgress) => void = () => undefined,
): RunningJob {
  const thread = new Worker(worker, { workerData: task });
  let stopped = false;
  const done = new Promise<TrainingResult>((resolve, reject) => {
    thread.on('message', (message: WorkerMessage) => {
      // What was under way when the job was stopped is nobody's business.
      if (stopped) return;
      if (message.kind === 'progress') report(message.progress);
      else if (message.kind === 'done') resolve(message.result);
      else reject(new TrainingFailure(message.reason));
    });
    thread.on('error', (error) => reject(new TrainingFailure(`AlgorithmError: ${error.message}`)));
    // After all else: changes nothing where the job has ended by itself.
    thread.on('exit', () =>
      reject(new TrainingFailure(stopped ? 'The job was stopped.' : 'InternalServerError', stopped)),
    );
  });
  // Who stops a job need not wait for it.
  done.catch(() => undefined);
  return {
    done,
    stop() {
      stopped = true;
      void thread.terminate();
    },
  };
}
