export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Values of an entry. No text of statements, no values of rows or parameters, no passwords. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Takes log entries. */
export type ProxyLog = (level: LogLevel, message: string, fields?: LogFields) => void;
