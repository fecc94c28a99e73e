import type { MlFunctionName } from 'aws-ml-core';
import { mlFunctionsByName } from 'aws-ml-core/ml-functions';

/** The SQL types of the columns that receive the results of a function. */
export function resultTypes(name: MlFunctionName): readonly string[] {
  const ml = mlFunctionsByName.get(name);
  return (ml?.results ?? []).map((r) => sqlTypes[r.type]);
}

const sqlTypes = {
  varchar: 'pg_catalog.varchar',
  float4: 'pg_catalog.float4',
  'float8[]': 'pg_catalog.float8[]',
} as const;

export const resultTypeOids: Readonly<Record<string, number>> = {
  'pg_catalog.varchar': 1043,
  'pg_catalog.float4': 700,
  'pg_catalog.float8[]': 1022,
};

/**
 * A result as PostgreSQL would output it with `extra_float_digits` at 1 or more (its default): the shortest text that
 * reads back as the same number.
 */
export function resultText(value: string | null, sqlType: string): string | null {
  if (value === null || sqlType === 'pg_catalog.varchar') return value;
  if (sqlType === 'pg_catalog.float4') return float4Text(Number(value));
  return `{${value
    .slice(1, -1)
    .split(',')
    .filter((element) => element !== '')
    .map((element) => (element === 'NULL' ? element : float8Text(Number(element))))
    .join(',')}}`;
}

/** Shortest digits of a single-precision number, in the form of float4out. */
export function float4Text(value: number): string {
  const single = Math.fround(value);
  if (!Number.isFinite(single) || single === 0) return special(single);
  if (Math.abs(single) >= 2 ** 24) return formatted(largeDigits(single, 23), 6);
  // With six digits every normal number that has a shorter text reads the same, but for zeros at the end.
  for (let digits = Math.abs(single) < MIN_NORMAL ? 1 : 6; digits < 9; digits++) {
    const text = rounded(single, digits);
    if (Math.fround(Number(text)) === single) return plainFixed(text, single) ?? formatted(text, 6);
  }
  return formatted(single.toPrecision(9), 6);
}

const MIN_NORMAL = 2 ** -126;

/** What `formatted` gives, without looking at each digit, where the number is already written in fixed notation. */
function plainFixed(text: string, value: number): string | undefined {
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e6 || !text.includes('.') || text.includes('e')) return undefined;
  let end = text.length;
  while (text[end - 1] === '0') end -= 1;
  return text.slice(0, text[end - 1] === '.' ? end - 1 : end);
}

/** Shortest digits of a double-precision number, in the form of float8out. */
export function float8Text(value: number): string {
  if (!Number.isFinite(value) || value === 0) return special(value);
  return formatted(Math.abs(value) >= 2 ** 53 ? largeDigits(value, 52) : String(value), 15);
}

/** As toPrecision, but exactly between two candidates the even one, as PostgreSQL takes it. */
function rounded(value: number, digits: number): string {
  const longer = value.toPrecision(digits + 1);
  const exactTie = Number(longer) === value && /[02468]\.?5(?:e|$)/.test(longer);
  return exactTie ? longer.replace(/5(?=e|$)/, longer.includes('.') ? '' : '0') : value.toPrecision(digits);
}

/**
 * The digits of a number whose neighbours are more than one apart. PostgreSQL takes no digits that lie exactly between
 * two numbers, as JavaScript does; only among such large numbers can that happen.
 */
function largeDigits(value: number, mantissaBits: number): string {
  const exact = BigInt(Math.abs(value));
  const exponent = exact.toString(2).length - 1;
  const gap = 1n << BigInt(exponent - mantissaBits);
  for (let digits = 1; digits < 17; digits++) {
    const text = value.toPrecision(digits);
    const distance = integerOf(text) - exact;
    const below = distance < 0n && exact === 1n << BigInt(exponent);
    const far = (distance < 0n ? -distance : distance) * (below ? 4n : 2n);
    if (far < gap) return text;
  }
  return value.toPrecision(17);
}

/** The magnitude of an integer in decimal or exponential notation. */
function integerOf(text: string): bigint {
  const { digits, power } = significand(text);
  return BigInt(digits.padEnd(power + 1, '0'));
}

function special(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** Writes a number in fixed notation for exponents from -4 up to `limit`, else as d.ddde±XX. */
function formatted(text: string, limit: number): string {
  const { sign, digits, power } = significand(text);
  if (power < -4 || power >= limit) {
    const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
    return `${sign}${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.padEnd(power + 1, '0');
  const fraction = whole.slice(power + 1);
  return `${sign}${whole.slice(0, power + 1)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The significant digits of a decimal text and the power of ten of the first. */
function significand(text: string): { sign: string; digits: string; power: number } {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  const all = whole + fraction;
  const leading = all.length - all.replace(/^0+/, '').length;
  const digits = all.slice(leading).replace(/0+$/, '');
  return { sign, digits, power: whole.length - 1 + Number(exponent) - leading };
}
