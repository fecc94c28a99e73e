/**
 * Whether PostgreSQL takes a number for float8: not what is too large, nor what is so small that only 0 would be left.
 *
 * @param text as in JSON
 */
export function fitsFloat8(text: string): boolean {
  return fits(Number(text), isZero(text));
}

/** The same for float4. */
export function fitsFloat4(value: number): boolean {
  return fits(Math.fround(value), value === 0);
}

const fits = (rounded: number, wasZero: boolean): boolean => Number.isFinite(rounded) && (rounded !== 0 || wasZero);

const isZero = (text: string): boolean => !/[1-9]/.test(text.split(/e/i, 1)[0] as string);
