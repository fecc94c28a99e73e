import pg from 'pg';
import { DatabaseError } from '../../server/database-error.js';

/** An error of ours as pg's own class, which applications test for; every other error as it is. */
export function asPgError(error: unknown): unknown {
  if (!(error instanceof DatabaseError)) return error;
  const { message, stack } = error;
  const shown = new pg.DatabaseError(message, message.length, 'error');
  return Object.assign(shown, { ...error, stack });
}
