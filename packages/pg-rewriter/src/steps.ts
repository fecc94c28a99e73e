/**
 * Planning in small steps. A statement with hundreds of calls takes longer than an event loop should stand still: whoever
 * drives the steps does something else between two of them, and the planner needs neither a clock nor promises.
 */
export type Steps<T> = Generator<undefined, T, undefined>;

/** All steps at once. */
export function runSteps<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
