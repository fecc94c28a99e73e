/** The job's time is up. */
export class OutOfTime extends Error {
  override readonly name = 'OutOfTime';
}

/** @param seconds from now on; undefined: without end. @returns throws once they have passed */
export function deadlineIn(seconds: number | undefined): () => void {
  if (seconds === undefined) return () => undefined;
  const end = performance.now() + seconds * 1000;
  return () => {
    if (performance.now() > end) throw new OutOfTime();
  };
}
