/** What a member of a request must look like, in the terms of AWS's service models. */
export type Shape =
  | {
      readonly kind: 'text';
      readonly min?: number;
      readonly max?: number;
      /** A regular expression for the whole text, as AWS's messages show it. */
      readonly pattern?: string;
      readonly values?: readonly string[];
    }
  | { readonly kind: 'number'; readonly whole: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'time' }
  | { readonly kind: 'list'; readonly of: Shape; readonly min?: number; readonly max?: number }
  | { readonly kind: 'map'; readonly key: Shape; readonly value: Shape; readonly max?: number }
  | StructureShape;

export interface StructureShape {
  readonly kind: 'structure';
  readonly required: Members;
  readonly optional: Members;
}

export type Members = Readonly<Record<string, Shape>>;

interface Length {
  readonly min?: number;
  readonly max?: number;
}

export const text = (limits: Length & { readonly pattern?: string } = {}): Shape => ({ kind: 'text', ...limits });
export const oneOf = (...values: readonly string[]): Shape => ({ kind: 'text', values });
export const whole = (min?: number, max?: number): Shape => numberShape(true, min, max);
export const fraction = (min?: number, max?: number): Shape => numberShape(false, min, max);
export const flag: Shape = { kind: 'boolean' };
/** Seconds since 1970, with fractions. */
export const time: Shape = { kind: 'time' };
export const list = (of: Shape, limits: Length = {}): Shape => ({ kind: 'list', of, ...limits });
export const map = (key: Shape, value: Shape, max?: number): Shape => ({
  kind: 'map',
  key,
  value,
  ...(max !== undefined && { max }),
});
export const structure = (required: Members, optional: Members = {}): StructureShape => ({
  kind: 'structure',
  required,
  optional,
});

function numberShape(wholeNumbers: boolean, min?: number, max?: number): Shape {
  return {
    kind: 'number',
    whole: wholeNumbers,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}
