/** What a flag of the command line says, as a number. */
export function numberOf(flag: string, text: string, least = 0): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value >= least) || !Number.isFinite(value)) {
    throw new RangeError(`--${flag}: expected a number, at least ${least}, but got: ${text}`);
  }
  return value;
}

/** The same where the flag may be missing. */
export function optionalNumberOf(flag: string, text: string | undefined, least = 0): number | undefined {
  return text === undefined ? undefined : numberOf(flag, text, least);
}
