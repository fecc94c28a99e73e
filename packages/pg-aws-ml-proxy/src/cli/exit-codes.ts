/**
 * Fine, also after a shutdown; wrong options, an address that is taken, or a shutdown that was cut short; with `--check`,
 * no connection to the server.
 */
export const exitCodes = { fine: 0, failed: 1, noConnection: 2 } as const;
