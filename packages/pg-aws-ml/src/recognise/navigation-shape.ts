/** A name; quoted, it ends at its first quote. */
const NAME = '(?:[\\w$\\u0080-\\uffff]+|"[^"]*")';

/**
 * `a.b[`, a subscript behind a qualified name; `, a.b.c AS`, an entry of FROM with more parts than relations of one
 * database have; `alias AT index`, which isn't AT TIME ZONE.
 */
const SHAPE = new RegExp(
  `\\.\\s*${NAME}\\s*\\[|(?:,|\\b(?:from|join))\\s*${NAME}\\s*\\.\\s*${NAME}\\s*\\.\\s*${NAME}\\s+as\\b|\\bat\\s+(?!time\\b|local\\b)${NAME}`,
  'i',
);

/** Longer texts are looked at no further: what they say of SUPER values is refused by the server. */
const MOST_CHARACTERS = 100_000;

/**
 * Whether a text looks like navigation into SUPER values, such as `prediction.labels[0]`. Much else does: the tree tells,
 * once for each text.
 */
export const looksLikeNavigation = (text: string): boolean =>
  (text.includes('[') || text.includes('.')) && text.length <= MOST_CHARACTERS && SHAPE.test(text);

/** No such relation, and a relation of another database: what the server says of values that it takes for relations. */
export function isRefusedNavigation(error: unknown): boolean {
  const { code, hint } = (error ?? {}) as { readonly code?: unknown; readonly hint?: unknown };
  return code === '42P01' || (code === '0A000' && hint === undefined);
}
