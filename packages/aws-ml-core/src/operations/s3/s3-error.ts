/** Stable identifiers of what went wrong with S3. Applications may switch on them. */
export type S3ErrorCode =
  | 'ABORTED'
  | 'ACCESS_DENIED'
  | 'BUCKET_NOT_FOUND'
  | 'CONFIGURATION'
  | 'CREDENTIALS'
  | 'INVALID_ARGUMENT'
  | 'NETWORK'
  | 'OBJECT_EMPTY'
  | 'OBJECT_NOT_FOUND'
  | 'SDK_MISSING'
  | 'SERVICE_ERROR'
  | 'SERVICE_UNAVAILABLE'
  | 'WRONG_REGION';

export interface S3ErrorFields {
  readonly code: S3ErrorCode;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html; 58000 is system_error, as Aurora has it. */
const sqlStates: Readonly<Partial<Record<S3ErrorCode, string>>> = {
  ABORTED: '57014',
  BUCKET_NOT_FOUND: '58P01',
  INVALID_ARGUMENT: '22023',
  OBJECT_EMPTY: 'P0002',
  OBJECT_NOT_FOUND: '58P01',
  SDK_MISSING: '0A000',
};

/** A failure of an operation on S3. It holds names of buckets and objects, and no credentials or contents. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly code: S3ErrorCode;
  /** 58000, where PostgreSQL has no better code. */
  readonly sqlState: string;
  /** For PostgreSQL's DETAIL. */
  readonly detail: string | undefined;
  /** For PostgreSQL's HINT. */
  readonly hint: string | undefined;

  constructor(fields: S3ErrorFields) {
    super(fields.message);
    this.code = fields.code;
    this.sqlState = sqlStates[fields.code] ?? '58000';
    this.detail = fields.detail;
    this.hint = fields.hint;
  }
}
