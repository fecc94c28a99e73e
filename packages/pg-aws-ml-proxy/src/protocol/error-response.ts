import { frame } from './frame.js';
import { backend, HEADER_BYTES } from './message-types.js';

/** An error as a client gets it: the fields of ErrorResponse that we fill in. */
export interface ErrorFields {
  readonly severity: 'ERROR' | 'FATAL';
  /** SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
}

/** Ends a connection with an error in PostgreSQL's form. */
export class FatalError extends Error {
  override readonly name = 'FatalError';
  readonly fields: ErrorFields;

  constructor(code: string, message: string, hint?: string, detail?: string) {
    super(message);
    this.fields = { severity: 'FATAL', code, message: `pg-aws-ml proxy: ${message}`, hint, detail };
  }
}

/** The frame of an ErrorResponse. */
export function errorResponse({ severity, code, message, detail, hint }: ErrorFields): Buffer {
  const fields = { S: severity, V: severity, C: code, M: message, D: detail, H: hint };
  const text = Object.entries(fields).map(([letter, value]) => (value === undefined ? '' : `${letter}${value}\0`));
  return frame(backend.errorResponse, Buffer.from(`${text.join('')}\0`));
}

/** The SQLSTATE and the severity of an ErrorResponse's frame, whatever language it is in. */
export function errorFields(errorFrame: Buffer): { readonly code: string; readonly severity: string } {
  const fields = new Map<string, string>();
  for (let at = HEADER_BYTES; at < errorFrame.length && errorFrame[at] !== 0; ) {
    const end = errorFrame.indexOf(0, at);
    if (end < 0) break;
    fields.set(String.fromCharCode(errorFrame[at] ?? 0), errorFrame.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return { code: fields.get('C') ?? '', severity: fields.get('V') ?? fields.get('S') ?? '' };
}
