/** The schema that holds what the functions of aws_s3 need. */
export const transferSchema = '_aws_s3';

/** The functions that move data, without their schema. */
export const transferFunctions: readonly string[] = ['query_export_to_s3', 'table_import_from_s3'];

/** The table that `begin` makes: the outcomes of a statement's transfers, dropped when the transaction ends. */
export const transferTable = 'pg_temp.aws_s3_transfers_9c41e7d05ab8f362';

/** SQLSTATE of a report. */
export const transferCode = 'ML005';

/** What a call without an outcome does. */
export const transferModes = {
  /** Reports, and gives NULL. */
  collect: 'collect',
  /** Reports, and ends the run. */
  stop: 'stop',
  /** Takes the only outcome there is, whatever its own arguments are; else as `stop`. */
  single: 'single',
  /** Is refused: a transfer is under way. */
  busy: 'busy',
} as const;

export type TransferMode = (typeof transferModes)[keyof typeof transferModes];
