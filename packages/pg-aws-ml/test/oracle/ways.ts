/** How a Pool runs statements: as it chooses to, or in one way alone. */
export const WAYS = ['chosen', 'batch', 'replay', 'live'] as const;
export type Way = (typeof WAYS)[number];

/** All ways in `npm run oracle`; in `npm test` the chosen one and another, by turns. */
export const waysOf = (index: number): readonly Way[] =>
  process.env.ORACLE_EVERY_WAY === undefined ? ['chosen', WAYS[1 + (index % (WAYS.length - 1))] ?? 'live'] : WAYS;
