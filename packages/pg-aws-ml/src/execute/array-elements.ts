import { parse } from 'postgres-array';

/**
 * The elements of a one-dimensional array in PostgreSQL's text form; NULL elements stay null.
 * Deeper arrays are refused by the server's own check of the argument, see the reference's "one-dimensional".
 */
export function arrayElements(text: string): (string | null)[] {
  // An array whose lower bound isn't 1 is written with its bounds in front.
  const body = text.startsWith('[') ? text.slice(text.indexOf('=') + 1) : text;
  return parse(body, (element) => element) as (string | null)[];
}
