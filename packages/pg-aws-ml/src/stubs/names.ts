/**
 * The schema that holds what the ML functions need and Aurora's extension doesn't have. The name doesn't match `aws_%`:
 * so the documented look at pg_stat_user_functions shows the ML functions alone.
 */
export const internalSchema = '_aws_ml';

/**
 * Ends the names that we make in the application's own name spaces (temporary tables, portals), where one of theirs would
 * be hidden, or hide ours. Random, so that nobody has it by chance.
 */
const TAIL = '9c41e7d05ab8f362';

/** The table that `begin_replay` makes: results by key, dropped when the transaction ends. */
export const resultsTable = `pg_temp.aws_ml_results_${TAIL}`;

/**
 * The sequence that `begin_replay` sets to the OID of the table of results. Its value in the session is not read from a
 * table, so it costs little to ask for; only the extension's owner can set it, and no other table has had that OID since.
 */
export const replayProof = `${internalSchema}.replay_proof`;

/** A table without rows or columns: a server that waits copies into it what never comes. */
export const waitingTable = `${internalSchema}.waiting`;

/** The table that `begin_live` makes: the nonce of the live statement, dropped by `end_live`. */
export const liveTable = `pg_temp.aws_ml_live_${TAIL}`;

/** A portal of ours. Portals and the application's cursors share their names. */
export const portalName = (purpose: string): string => `aws_ml_${purpose}_${TAIL}`;

/** An alias of ours in a statement that was made of an application's. */
export const aliasName = (purpose: string): string => `aws_ml_${purpose}_${TAIL}`;

/** Matches the names of our portals in `LIKE`. */
export const portalPattern = `aws\\_ml\\_%\\_${TAIL}`;

/** How the ML functions look results up: a miss is reported and gives NULL, or is an error. */
export type ReplayMode = 'collect' | 'strict';

/**
 * What the setting `mode` says; unset means that the ML functions refuse, because nobody is there to call the service.
 * Anybody can set it: so each mode asks for a proof that only the extension's functions can have left. `replay` and
 * `live` need a temporary table of the extension's owner; `describe` is followed by a digest.
 */
export const stubModes = { replay: 'replay', live: 'live', describe: 'describe:' } as const;

/** Settings that the ML functions read. Set them for one transaction only. */
export const stubSettings = {
  mode: 'aws_ml.mode',
  /** Milliseconds that a live call waits for its result. */
  liveTimeout: 'aws_ml.live_timeout',
  /** How many more calls without a result a collect run may make; counted down. Unset: any number. */
  collectLimit: 'aws_ml.collect_limit',
  /** Whether the interval at which the server looks for its client is ours. */
  watchesClient: 'aws_ml.watches_client',
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
  /** INFO: a stored failure is about to be raised. */
  raisedFailure: 'ML004',
} as const;

/** feature_not_supported: an ML function was called outside pg-aws-ml. */
export const outsidePoolCode = '0A000';

/** The hint of that error, by which it is recognised. */
export const outsidePoolHint =
  'Connect through the Pool of the npm package pg-aws-ml: it calls the service and batches the calls.';

/** The message of query_canceled (57014, which no EXCEPTION block catches by OTHERS) at the end of a collect run. */
export const collectLimitMessage = 'enough calls without a result';
