import { type LogFields, type LogLevel, logLevels, type ProxyLog } from '../proxy-log.js';

/** Writes entries to standard error, a line each. */
export function logWriter(format: 'text' | 'json', least: LogLevel, write = writeToStandardError): ProxyLog {
  const lowest = logLevels.indexOf(least);
  const lineOf = format === 'json' ? jsonLine : textLine;
  return (level, message, fields = {}) => {
    if (logLevels.indexOf(level) >= lowest) write(`${lineOf(new Date().toISOString(), level, message, fields)}\n`);
  };
}

const writeToStandardError = (line: string): void => {
  process.stderr.write(line);
};

const jsonLine = (time: string, level: LogLevel, message: string, fields: LogFields): string =>
  JSON.stringify({ time, level, message, ...fields });

function textLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return [time, level.padEnd(5), message, ...given.map(([name, value]) => `${name}=${shown(value)}`)].join(' ');
}

const shown = (value: unknown): string => {
  const text = String(value);
  return /^[\w.:/-]+$/.test(text) ? text : JSON.stringify(text);
};
