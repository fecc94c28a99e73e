import { featureNotSupported } from '../server/database-error.js';
import type { SessionFacts } from './facts.js';

/**
 * The settings that change how text is read or written, and what is done about each.
 *
 * Refused, for a statement with ML calls: what our reading of the statement, of functions and views, or of values would
 * not be the server's. A statement without ML calls goes to the server as it is.
 *
 * - `standard_conforming_strings`: off, a backslash in a plain string is an escape, for the statement, for the bodies of
 *   functions and for our own SQL.
 * - `client_encoding`: node-postgres reads and writes UTF-8 whatever it says, so the models would get corrupted text.
 * - `array_nulls`: off, the NULL of an array in text form is a string.
 *
 * Looked at elsewhere: `extra_float_digits` and `DateStyle`, whose values may not read back (`lossyOutput`);
 * `search_path`, by which names are found (`searchPath`).
 *
 * Left to the server, which runs what we send under the same settings, and whose values read back exactly or fail:
 * `backslash_quote`, `escape_string_warning`, `quote_all_identifiers`, `transform_null_equals`, `bytea_output`,
 * `IntervalStyle`, `TimeZone`, `lc_monetary`, `xmloption`, `xmlbinary`, `default_text_search_config`.
 */
const refused = {
  standard_conforming_strings: {
    supported: `pg_catalog.current_setting('standard_conforming_strings') = 'on'`,
    value: 'on',
  },
  client_encoding: {
    // SQL_ASCII means: as the server has it.
    supported: `(pg_catalog.current_setting('client_encoding') = 'UTF8' OR pg_catalog.current_setting('client_encoding') = 'SQL_ASCII'
      AND pg_catalog.current_setting('server_encoding') IN ('UTF8', 'SQL_ASCII'))`,
    value: 'UTF8',
  },
  array_nulls: { supported: `pg_catalog.current_setting('array_nulls') = 'on'`, value: 'on' },
} as const;

/** A setting under which statements with ML calls are refused. */
export type RefusedTextSetting = keyof typeof refused;

/** SQL for the first of them that the session has, or NULL. */
export const refusedTextSettingSql = `CASE ${Object.entries(refused)
  .map(([name, { supported }]) => `WHEN NOT (${supported}) THEN '${name}'`)
  .join(' ')} END`;

/** @throws the error for a statement with ML calls, where the session's settings do not allow one */
export function refuseTextSettings({ refusedTextSetting: setting }: Pick<SessionFacts, 'refusedTextSetting'>): void {
  if (setting !== null) throw textSettingRefusal(setting);
}

export const textSettingRefusal = (setting: RefusedTextSetting): Error =>
  featureNotSupported(
    `statements with ML calls need ${setting} to be ${refused[setting].value}`,
    `Run SET ${setting} = ${refused[setting].value} on its own before the statement.`,
  );

/** Words of settings by which the rest of a text of several statements would be read otherwise, once set within it. */
const readsText = /\b(?:standard_conforming_strings|client_encoding|backslash_quote|names)\b/i;

/** Whether a text of several statements may change how the text itself is read; errs only towards yes. */
export const mayChangeReading = (text: string): boolean => readsText.test(text) && /\bset(?:_config)?\b/i.test(text);
