import { setTimeout as sleep } from 'node:timers/promises';
import { say } from './report.mjs';

/** Looks at SHOW MODEL until training is over, and tells of each step. */
export async function untilReady(client, model) {
  let told;
  for (;;) {
    const { rows } = await client.query({ text: `SHOW MODEL ${model}`, rowMode: 'array' });
    const {
      'Model State': state,
      Stage: stage,
      Candidates: candidates,
      Elapsed: elapsed,
      ...others
    } = Object.fromEntries(rows);
    if (state === 'FAILED') throw new Error(`Training has failed: ${others.Error}`);
    const step =
      state === 'READY'
        ? 'ready'
        : [stage, Number(candidates) > 0 && `${candidates} candidates`].filter(Boolean).join(', ');
    if (step !== told) say(elapsed === undefined ? step : `${elapsed.padStart(5)}  ${step}`);
    told = step;
    if (state === 'READY') return;
    await sleep(200);
  }
}
