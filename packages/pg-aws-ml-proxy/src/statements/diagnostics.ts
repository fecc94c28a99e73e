import { DatabaseError, type ServerNotice } from 'pg-aws-ml/session';
import { type DiagnosticFields, readDiagnostics, writeError, writeNotice } from '../protocol/backend-messages.js';

/** The letters of https://www.postgresql.org/docs/current/protocol-error-fields.html and what the engine calls them. */
const names = {
  S: 'severity',
  C: 'code',
  M: 'message',
  D: 'detail',
  H: 'hint',
  P: 'position',
  p: 'internalPosition',
  q: 'internalQuery',
  W: 'where',
  s: 'schema',
  t: 'table',
  c: 'column',
  d: 'dataType',
  n: 'constraint',
  F: 'file',
  L: 'line',
  R: 'routine',
} as const;

/** `V`: the severity in English, whatever the server's messages are written in. */
const untranslated = Symbol('severity');

interface Diagnostic {
  readonly [field: string]: unknown;
  [untranslated]?: string | undefined;
}

function named(frame: Buffer): { readonly fields: Record<string, string | undefined>; readonly V: string | undefined } {
  const { V, ...letters } = readDiagnostics(frame);
  const fields = Object.entries(names).map(([letter, name]) => [name, letters[letter]] as const);
  return { fields: Object.fromEntries(fields.filter(([, value]) => value !== undefined)), V };
}

/** The error of an ErrorResponse. */
export function readServerError(frame: Buffer): DatabaseError {
  const { fields, V } = named(frame);
  const error = new DatabaseError({ severity: 'ERROR', code: 'XX000', message: '', ...fields });
  return Object.assign(error, { [untranslated]: V });
}

/** The notice of a NoticeResponse, as pg-protocol reads it. */
export function readServerNotice(frame: Buffer): ServerNotice {
  const { fields, V } = named(frame);
  return { ...fields, name: 'notice', [untranslated]: V } as unknown as ServerNotice;
}

/** The ErrorResponse for whatever a statement has failed with. */
export function errorFrame(error: unknown): Buffer {
  const known = typeof error === 'object' && error !== null && typeof (error as Diagnostic).code === 'string';
  // The text of an error of ours may hold anything.
  if (!known) return writeError({ S: 'ERROR', V: 'ERROR', C: 'XX000', M: 'internal error in pg-aws-ml' });
  return writeError(lettersOf(error as Diagnostic));
}

export const noticeFrame = (notice: object): Buffer => writeNotice(lettersOf(notice as Diagnostic));

function lettersOf(diagnostic: Diagnostic): DiagnosticFields {
  const { severity } = diagnostic;
  const fields = Object.entries(names).map(([letter, name]) => [letter, text(diagnostic[name])] as const);
  const { S, ...others } = Object.fromEntries(fields);
  return { S, V: diagnostic[untranslated] ?? text(severity), ...others };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
