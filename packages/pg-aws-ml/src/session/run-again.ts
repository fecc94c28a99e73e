/** The hint where a statement has failed for reaching an ML function unexpectedly, and it is too late to run it as ours. */
export const runAgainHint =
  'The statement has come to reach an ML function, perhaps by a change that another connection has just made. Run the transaction again.';
