/** The fields of an ErrorResponse. https://www.postgresql.org/docs/current/protocol-error-fields.html */
export interface ErrorFields {
  readonly severity: string;
  /** SQLSTATE. https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: string | undefined;
  readonly internalPosition?: string | undefined;
  readonly internalQuery?: string | undefined;
  readonly where?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  readonly constraint?: string | undefined;
  readonly file?: string | undefined;
  readonly line?: string | undefined;
  readonly routine?: string | undefined;
}

/** An error in PostgreSQL's terms that no driver has made: a front end gives it the form that its clients know. */
export class DatabaseError extends Error implements ErrorFields {
  override readonly name = 'error';
  declare readonly severity: string;
  declare readonly code: string;
  declare readonly detail?: string | undefined;
  declare readonly hint?: string | undefined;

  constructor(fields: ErrorFields) {
    super(fields.message);
    Object.assign(this, fields);
  }
}

/**
 * An error as PostgreSQL would report it, for what has to be refused before the server can.
 *
 * @param code SQLSTATE, see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function databaseError(
  code: string,
  message: string,
  fields: Partial<Pick<ErrorFields, 'detail' | 'hint' | 'position'>> = {},
): DatabaseError {
  return new DatabaseError({ severity: 'ERROR', code, message, ...fields });
}

/** SQLSTATE 0A000. */
export function featureNotSupported(message: string, hint?: string): DatabaseError {
  return databaseError('0A000', message, hint === undefined ? {} : { hint });
}
