import * as v from 'valibot';
import { listed } from './listed.js';

// The types say what is accepted, so that declarations stay short. A message says what is expected, in words that follow on "must be".

/** A number from `least` on, `least` included. */
export const numberFrom = (least: number): v.GenericSchema<number> => {
  const expected = `a number of at least ${least}`;
  return v.pipe(v.number(expected), v.finite(expected), v.minValue(least, expected));
};

export const positiveNumber = (): v.GenericSchema<number> => {
  const expected = 'a number above 0';
  return v.pipe(v.number(expected), v.finite(expected), v.gtValue(0, expected));
};

/** A count, from `least` to `most`. */
export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER): v.GenericSchema<number> => {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const expected = `a whole number ${bounds}`;
  return v.pipe(v.number(expected), v.safeInteger(expected), v.minValue(least, expected), v.maxValue(most, expected));
};

/** A string that is not empty. */
export const text = (expected = 'a string that is not empty'): v.GenericSchema<string> =>
  v.pipe(v.string(expected), v.nonEmpty(expected));

export const oneOf = <const Values extends readonly string[]>(...values: Values): v.GenericSchema<Values[number]> =>
  v.picklist(
    values,
    listed(
      values.map((value) => JSON.stringify(value)),
      'or',
    ),
  );

/** A function, which is called as it was given. */
export const functionOf = <T>(expected = 'a function'): v.GenericSchema<T> =>
  v.custom<T>((value) => typeof value === 'function', expected);

export const baseUrl = (): v.GenericSchema<string> => {
  const expected = 'a URL with its scheme, such as "http://localhost:4566"';
  return v.pipe(v.string(expected), v.check(isHttpUrl, expected));
};

/** A region becomes a part of host names, and of signatures as it is written. */
export const regionName = (): v.GenericSchema<string> => {
  const expected = 'the name of an AWS region, such as "eu-central-1"';
  return v.pipe(v.string(expected), v.regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, expected));
};

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
