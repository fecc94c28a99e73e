import { parse } from 'postgres-array';
import { ArgumentError } from '../server/argument-error.js';

/** The elements of a one-dimensional array in PostgreSQL's text form; NULL elements stay null. */
export function arrayElements(text: string): (string | null)[] {
  // An array whose lower bound isn't 1 is written with its bounds in front.
  const body = text.startsWith('[') ? text.slice(text.indexOf('=') + 1) : text;
  // A brace in an element is quoted.
  if (body.startsWith('{{')) throw new ArgumentError('array arguments must be one-dimensional');
  return parse(body, (element) => element) as (string | null)[];
}
