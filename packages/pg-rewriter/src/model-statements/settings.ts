import { knownWords } from '../tokens/nearest.js';
import { invalidValue, notSupported, type StatementError, syntaxError } from '../tokens/syntax-error.js';
import type { TokenReader } from '../tokens/token-reader.js';
import { Clauses } from './clauses.js';
import { forecastRefused } from './forecast.js';
import type { ModelTag } from './statement.js';

/** Settings as they are written: each is a name and a value. */
export interface WrittenSettings {
  readonly strings: ReadonlyMap<string, SettingValue>;
  /** Where SETTINGS stands. */
  readonly position: number;
}

export interface SettingValue {
  readonly value: string;
  readonly position: number;
}

const FORECAST_ONLY: ReadonlySet<string> = new Set(['horizon', 'frequency', 'percentiles']);

/**
 * Behind SETTINGS: `( name value, … )`. The closing parenthesis may be missing at the end of the statement, as in
 * Redshift's manual.
 *
 * @param known in lower case
 * @param elsewhere settings of other statements, with the reason why they are none of this one
 */
export function readSettings(
  reader: TokenReader,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>> = {},
): WrittenSettings {
  const { position } = reader.peek();
  reader.expectSymbol('(', 'Settings stand in parentheses.');
  const given = new Clauses(reader);
  const strings = new Map<string, SettingValue>();
  for (;;) {
    const { kind, value: name } = reader.peek();
    if (kind !== 'word' || !known.includes(name)) throw unknownSetting(reader, name, known, elsewhere);
    given.begin(name);
    strings.set(name, readValue(reader, name));
    if (reader.acceptSymbol(',')) continue;
    if (!reader.atEnd) reader.expectSymbol(')', 'Expected "," or ")".');
    return { strings, position };
  }
}

function unknownSetting(
  reader: TokenReader,
  name: string,
  known: readonly string[],
  elsewhere: Readonly<Record<string, string>>,
): StatementError {
  const { kind, position } = reader.peek();
  if (kind !== 'word') return reader.unexpected('Expected the name of a setting.');
  if (FORECAST_ONLY.has(name))
    return notSupported(`${name.toUpperCase()} is a setting of FORECAST`, position, forecastRefused);
  const reason = elsewhere[name];
  if (reason !== undefined) return syntaxError(`${name.toUpperCase()} makes no sense here`, position, reason);
  return syntaxError(
    `unrecognized setting "${name.toUpperCase()}"`,
    position,
    knownWords(
      name,
      known.map((word) => word.toUpperCase()),
    ),
  );
}

/** A string, a number, or a word such as ON. */
function readValue(reader: TokenReader, name: string): SettingValue {
  const { kind, position } = reader.peek();
  if (reader.seesSymbol('-')) {
    reader.take();
    if (reader.peek().kind === 'number') return { value: `-${reader.take().value}`, position };
  }
  if (kind === 'string' || kind === 'number' || kind === 'word') return { value: reader.take().value, position };
  throw reader.unexpected(`Expected the value of ${name.toUpperCase()}.`);
}

export const textSetting = ({ strings }: WrittenSettings, name: string): string | undefined => strings.get(name)?.value;

export function wholeNumberSetting(
  { strings }: WrittenSettings,
  name: string,
  [least, most]: readonly [least: number, most: number],
): number | undefined {
  const given = strings.get(name);
  if (given === undefined) return undefined;
  const number = /^\d{1,15}$/.test(given.value) ? Number(given.value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw invalidValue(
    `${name.toUpperCase()} must be a whole number from ${least} to ${most}`,
    given.position,
    'Write it in digits, without quotes.',
  );
}

export function oneOfSetting<const Words extends readonly string[]>(
  { strings }: WrittenSettings,
  name: string,
  words: Words,
): Words[number] | undefined {
  const given = strings.get(name);
  if (given === undefined) return undefined;
  const value = given.value.toLowerCase();
  if (words.includes(value)) return value;
  const known = words.map((word) => word.toUpperCase());
  throw invalidValue(`${name.toUpperCase()} must be ${known.join(' or ')}`, given.position, knownWords(value, known));
}

/** A name by S3's rules, as far as they can be seen: neither a URI nor an ARN. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

export function bucketSetting(settings: WrittenSettings): string {
  const given = settings.strings.get('s3_bucket');
  if (given === undefined) {
    throw syntaxError(
      'SETTINGS needs S3_BUCKET',
      settings.position,
      "Write SETTINGS (S3_BUCKET '<name of a bucket>').",
    );
  }
  if (BUCKET.test(given.value)) return given.value;
  throw invalidValue(
    'S3_BUCKET is not the name of a bucket',
    given.position,
    'Give the name alone, without s3:// and path: 3 to 63 lower-case letters, digits, dots and hyphens.',
  );
}

/** AWS takes as many tags of a resource. */
const MOST_TAGS = 50;

/** `'key=value,key'`: a tag may be without a value. */
export function tagsSetting({ strings }: WrittenSettings): ModelTag[] {
  const given = strings.get('tags');
  if (given === undefined) return [];
  const tags = given.value.split(',').map((tag) => {
    const [key = '', ...value] = tag.split('=');
    return { key: key.trim(), value: value.join('=').trim() };
  });
  const wrong = tags.some(({ key, value }) => key === '' || key.length > 128 || value.length > 256);
  const twice = new Set(tags.map(({ key }) => key)).size < tags.length;
  if (!wrong && !twice && tags.length <= MOST_TAGS) return tags;
  throw invalidValue(
    twice ? 'TAGS names a key twice' : 'TAGS is no list of tags',
    given.position,
    `Write TAGS 'key=value,key=value': keys of 1 to 128 characters, each once, values of at most 256, ${MOST_TAGS} tags at most.`,
  );
}
