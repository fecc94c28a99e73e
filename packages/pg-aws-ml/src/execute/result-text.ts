import type { MlFunctionName } from 'aws-ml-core';
import { mlFunctions } from 'aws-ml-core/ml-functions';

/** The SQL types of the columns that receive the results of a function. */
export function resultTypes(name: MlFunctionName): readonly string[] {
  const ml = mlFunctions.find((f) => f.qualifiedName === name);
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
  for (let digits = 1; digits < 9; digits++) {
    const text = single.toPrecision(digits);
    if (Math.fround(Number(text)) === single) return formatted(text, 6);
  }
  return formatted(single.toPrecision(9), 6);
}

/** Shortest digits of a double-precision number, in the form of float8out. */
export function float8Text(value: number): string {
  return Number.isFinite(value) && value !== 0 ? formatted(String(value), 15) : special(value);
}

function special(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return value > 0 ? 'Infinity' : '-Infinity';
}

/** Writes digits in fixed notation for exponents from -4 up to `limit`, else as d.ddde±XX. */
function formatted(text: string, limit: number): string {
  const [, sign = '', digits = '', exponent = '0'] =
    /^(-?)(.+)e([+-]\d+)$/.exec(Number.isFinite(Number(text)) ? exponential(text) : text) ?? [];
  const power = Number(exponent);
  const bare = digits.replace('.', '').replace(/0+$/, '') || '0';
  if (power < -4 || power >= limit) {
    const mantissa = bare.length > 1 ? `${bare[0]}.${bare.slice(1)}` : bare;
    return `${sign}${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${bare}`;
  const whole = bare.padEnd(power + 1, '0');
  const fraction = whole.slice(power + 1);
  return `${sign}${whole.slice(0, power + 1)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The same digits in exponential notation. */
function exponential(text: string): string {
  const digits = text.replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').length;
  return Number(text).toExponential(Math.max(0, digits - 1));
}
