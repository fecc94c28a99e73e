/**
 * The schema that holds what the ML functions need and Aurora's extension doesn't have. The name doesn't match `aws_%`:
 * so the documented look at pg_stat_user_functions shows the ML functions alone.
 */
export const internalSchema = '_aws_ml';

/** The table that `begin_replay` makes: results by key, dropped when the transaction ends. */
export const resultsTable = 'pg_temp.aws_ml_results';

/** The table that `begin_live` makes: the nonce of the live statement, dropped by `end_live`. */
export const liveTable = 'pg_temp.aws_ml_live';

/** How the ML functions answer; unset means that they refuse, because nobody is there to call the service. */
export type StubMode = 'describe' | 'collect' | 'strict' | 'live';

/** Settings that the ML functions read. Set them for one transaction only. */
export const stubSettings = {
  mode: 'aws_ml.mode',
  /** Milliseconds that a live call waits for its result. */
  liveTimeout: 'aws_ml.live_timeout',
  /** How many more calls without a result a collect run may make; counted down. Unset: any number. */
  collectLimit: 'aws_ml.collect_limit',
} as const;

/**
 * SQLSTATEs of our own, in class ML: the standard leaves the classes from I to Z to implementations.
 * Those of messages come at severity INFO: the client gets them whatever `client_min_messages` says.
 */
export const stubCodes = {
  /** INFO: an input without a result, in collect mode. */
  missingResult: 'ML001',
  /** INFO, then ERROR: an input without a result, in strict mode. The INFO survives an EXCEPTION block. */
  strictMiss: 'ML002',
  /** INFO: an input that a live call waits for. */
  liveInput: 'ML003',
} as const;

/** feature_not_supported: an ML function was called outside pg-aws-ml. */
export const outsidePoolCode = '0A000';

/** The hint of that error, by which it is recognised. */
export const outsidePoolHint =
  'Connect through the Pool of the npm package pg-aws-ml: it calls the service and batches the calls.';

/** The message of query_canceled (57014, which no EXCEPTION block catches by OTHERS) at the end of a collect run. */
export const collectLimitMessage = 'enough calls without a result';
