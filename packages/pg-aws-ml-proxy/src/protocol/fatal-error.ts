import { writeError } from './backend-messages.js';

/** Ends a connection with an error of ours, in PostgreSQL's form. */
export class FatalError extends Error {
  override readonly name = 'FatalError';

  /** @param code SQLSTATE */
  constructor(
    readonly code: string,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }

  /** The ErrorResponse. */
  frame(): Buffer {
    const message = `pg-aws-ml proxy: ${this.message}`;
    return writeError({ S: 'FATAL', V: 'FATAL', C: this.code, M: message, H: this.hint });
  }
}

/** What a client has sent is not the protocol. */
export const violation = (message: string): FatalError => new FatalError('08P01', message);
