/** How far a LIMIT that ML values decide has come. */
export interface LimitProgress {
  /** Rows that were asked about. */
  readonly read: number;
  /** How many of them count towards LIMIT and OFFSET. */
  readonly found: number;
  /** How many more are to be found. */
  readonly missing: number;
}

/** The probability at which a chunk may hold a batch too many. */
const RISK = 0.05;
/** Rows of the first chunk where nothing bounds a batch; each further one is as large as all before it. */
const FIRST_UNBOUNDED_ROWS = 25;
/** A batch of more rows is not waited for: LIMIT may need one of them. */
const MOST_BATCH_ROWS = 1_000;
/** Rows of a chunk that keep a service busy in batches of 25. */
const MOST_ROWS = 1_600;

/**
 * How many rows to ask about next, in whole batches: as many as the rows so far make all but certain to be needed, and
 * the batch after those. So the requests end within one batch of the row that meets the limit, but for one chunk in
 * twenty, and yet chunks grow with what has been read: a value that is rare is not looked for one batch at a time.
 *
 * @param batchRows most rows of a batch; Infinity where nothing bounds it
 */
export function rowsToRead(batchRows: number, progress: LimitProgress): number {
  const { read } = progress;
  const unbounded = Math.max(FIRST_UNBOUNDED_ROWS, read);
  const unit = Math.min(MOST_BATCH_ROWS, batchRows === Number.POSITIVE_INFINITY ? unbounded : batchRows);
  const most = Math.max(unit, MOST_ROWS) - 1;
  return unit * (1 + Math.floor(rowsNeeded(progress, most) / unit));
}

/**
 * The greatest number of rows, up to `most`, within which the limit is met with a probability of at most RISK. Before the
 * first row every share of rows that count is equally likely; then, how many rows the missing ones take has a beta
 * negative binomial distribution.
 */
function rowsNeeded({ read, found, missing }: LimitProgress, most: number): number {
  const sure = Math.max(0, missing - 1);
  if (read === 0 || sure >= most) return Math.min(sure, most);
  // In logarithms: the terms of a large limit are too small for a double.
  let log = 0;
  for (let i = 0; i < missing; i += 1) log += Math.log((found + 1 + i) / (read + 2 + i));
  let met = Math.exp(log);
  let rows = sure;
  while (met <= RISK && rows < most) {
    rows += 1;
    log += Math.log((rows / (rows - sure)) * ((read - found + rows - sure) / (read + 2 + rows)));
    met += Math.exp(log);
  }
  return rows;
}
