import { startJob } from '../training/start-job.js';
import type { TrainingProgress, TrainingResult, TrainingTask } from '../training/training-job.js';

export type TrainingEvent = TrainingProgress | { readonly kind: 'result'; readonly result: TrainingResult };

/** A job's progress and, at last, its result, one after the other, at the pace of who reads them. */
export async function* trainingEvents(task: TrainingTask, signal: AbortSignal): AsyncGenerator<TrainingEvent> {
  const waiting: TrainingEvent[] = [];
  let wake = () => {};
  const job = startJob(task, (progress) => {
    waiting.push(progress);
    wake();
  });
  let failure: unknown;
  let ended = false;
  const end = () => {
    ended = true;
    wake();
  };
  job.done.then(
    (result) => {
      waiting.push({ kind: 'result', result });
      end();
    },
    (error: unknown) => {
      failure = error;
      end();
    },
  );
  const stop = () => job.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (;;) {
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else if (failure !== undefined) throw failure;
      else if (ended) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    signal.removeEventListener('abort', stop);
    job.stop();
  }
}
