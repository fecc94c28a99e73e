import { sections } from '../../aurora-reference/src/sections/index.js';
import type { ReferenceStatement } from '../../aurora-reference/src/statement.js';

/** A statement as a client's program gets it. */
export interface JobStatement {
  readonly as: string | null;
  readonly sql: string;
}

/** What a client's program answers. */
export interface JobAnswer {
  readonly rows?: readonly (readonly unknown[])[];
  readonly error?: string;
}

/** Every statement of Aurora's documentation that is answered, in its order, with those that must run before. */
export const referenceStatements: readonly ReferenceStatement[] = sections
  .flatMap(({ statements }) => statements)
  .filter(({ todo }) => todo !== true);

export function referenceJob(tenant: string): readonly JobStatement[] {
  const owner = (sql: string): JobStatement => ({ as: null, sql });
  return [
    owner(`SET client_min_messages = error`),
    ...referenceStatements.flatMap(({ given = [], sql, as }) => [
      ...given.map(owner),
      as === 'tenant' ? { as: tenant, sql } : owner(sql.replaceAll(/\btenant\b/g, tenant)),
    ]),
  ];
}

/** The answers to the statements themselves. */
export function referenceAnswers(lines: readonly JobAnswer[]): readonly JobAnswer[] {
  let line = 0;
  return referenceStatements.map(({ given = [] }) => {
    line += given.length + 1;
    return lines[line] ?? { error: 'no answer' };
  });
}

/** All requests that they should make. */
export function referenceRequests(): number {
  return referenceStatements
    .flatMap(({ requests = {} }) => Object.values(requests))
    .reduce((total, requests) => total + requests, 0);
}

/** A value whatever a language makes of it: numbers in single precision, truth as 1 or 0, arrays as lists. */
export function comparable(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean') return Number(value);
  if (Array.isArray(value)) return value.map(comparable);
  const text = String(value);
  if (text === 't' || text === 'f') return Number(text === 't');
  const elements = /^\{(.*)\}$/s.exec(text)?.[1];
  // Drivers differ in what they quote; none of these elements has a comma.
  if (elements !== undefined && !text.includes(':')) return elements.replaceAll('"', '').split(',').map(comparable);
  return /^-?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Math.fround(Number(text)) : text;
}
