import * as v from 'valibot';
import { ConfigurationError } from './configuration-error.js';
import { listed } from './listed.js';
import { nearest } from './nearest.js';
import { keysKnownAt, type PathItem } from './schema-at.js';

type Schema = v.GenericSchema;
type Issue = v.BaseIssue<unknown>;

/**
 * Checks options, which are used as they are afterwards: functions and objects of the application stay the same.
 *
 * @param name what the options are called by whoever wrote them, such as `awsMl`
 * @throws ConfigurationError that names everything that is wrong
 */
export function checkOptions<T extends Schema>(
  schema: T,
  options: unknown,
  name: string,
): asserts options is v.InferInput<T> {
  const { issues } = v.safeParse(schema, options);
  if (issues !== undefined) throw new ConfigurationError(issues.map((issue) => problemOf(schema, issue, name)));
}

function problemOf(schema: Schema, issue: Issue, name: string): string {
  const path = (issue.path ?? []) as readonly PathItem[];
  const place = [name, ...path.map(({ key }) => String(key))].reduce(at);
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return unknownKey(place, path, keysKnownAt(schema, path.slice(0, -1)));
  }
  if (issue.type === 'strict_object' && issue.expected !== 'Object') return `${place} is missing.`;
  if (issue.message.startsWith('must ')) return `${place} ${issue.message}.`;
  const expected = issue.message.startsWith('Invalid ') ? anObject(schema, path) : issue.message;
  return `${place} must be ${expected}, but is ${shown(issue.input, path)}.${correction(issue)}`;
}

/** The object that is expected at a place, by its keys. */
function anObject(schema: Schema, path: readonly PathItem[]): string {
  const keys = keysKnownAt(schema, path);
  return keys.length === 0 ? 'an object' : `an object with ${listed(keys, 'or')}`;
}

function unknownKey(place: string, path: readonly PathItem[], known: readonly string[]): string {
  const key = String(path.at(-1)?.key);
  const meant = nearest(key, known);
  const advice = meant === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${meant}?`;
  return `${place} is not an option. ${advice}`;
}

/** The value that was meant, where that is plain. */
function correction({ input, requirement, type, expected }: Issue): string {
  if (typeof input !== 'string' || input === '' || mayBeSecret(input)) return '';
  const meant = type === 'picklist' ? nearest(input, quotedIn(expected ?? '')) : tidied(input, requirement);
  return meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
}

const quotedIn = (expected: string): string[] => [...expected.matchAll(/"([^"]*)"/g)].map(([, value]) => value ?? '');

/** The text with what is often left out or written otherwise, if it is accepted so. */
function tidied(input: string, requirement: unknown): string | undefined {
  const accepts = (text: string) =>
    requirement instanceof RegExp ? requirement.test(text) : typeof requirement === 'function' && requirement(text);
  const dashed = input.trim().toLowerCase().replaceAll(/[_ ]/g, '-');
  return [dashed, `http://${input}`].find((text) => text !== input && accepts(text) === true);
}

const isName = /^[A-Za-z_$][\w$]*$/;

const at = (place: string, key: string): string =>
  isName.test(key) ? `${place}.${key}` : `${place}[${/^\d+$/.test(key) ? key : JSON.stringify(key)}]`;

const LONGEST_SHOWN = 80;

/** A URL may hold a password. */
const mayBeSecret = (value: string): boolean => value.includes('@') || value.length > LONGEST_SHOWN;

/** What was given. Credentials are described, not shown. */
function shown(value: unknown, path: readonly PathItem[]): string {
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return typeof value === 'bigint' ? `${value}n` : String(value);
  if (value === '') return 'an empty string';
  return path.some(({ key }) => key === 'credentials') || mayBeSecret(value) ? 'another string' : JSON.stringify(value);
}
