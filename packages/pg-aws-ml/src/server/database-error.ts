import pg from 'pg';

/**
 * An error as PostgreSQL would report it, for what has to be refused before the server can.
 *
 * @param code SQLSTATE, see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function databaseError(code: string, message: string, fields: { detail?: string; hint?: string } = {}): Error {
  const error = new pg.DatabaseError(message, message.length, 'error');
  return Object.assign(error, { severity: 'ERROR', code, ...fields });
}

/** SQLSTATE 0A000. */
export function featureNotSupported(message: string, hint?: string): Error {
  return databaseError('0A000', message, hint === undefined ? {} : { hint });
}
