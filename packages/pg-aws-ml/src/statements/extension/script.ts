import { internalSchema } from '../../stubs/names.js';
import { oldestMajorVersion, serverTooOld } from '../../stubs/oldest-server.js';
import { raise } from '../../stubs/server-message.js';
import { transferSchema } from '../../stubs/transfer-names.js';
import type { ExtensionName } from './versions.js';

/** Quotes a whole script, and the statements within it: no statement of ours contains one of them. */
const SCRIPT = '$pg_aws_ml$';
const STATEMENT = '$statement$';

/**
 * One DO statement that installs, updates or drops: the Pool sends it, and `pg-aws-ml install --sql` prints it. All
 * decisions are made on the server, so it can run anywhere, in any transaction, and again. One statement, because not every
 * driver takes several at once.
 *
 * One process at a time installs, updates or drops in a database; the others wait, and then find it done. The steps find
 * what is installed in the variables `commons`, `ml` and `s3`, versions or NULL, and `internals` and `transfers`, revisions.
 *
 * @param onAurora what to do where the server has the extension itself: none of the steps is for it
 */
export function script(names: readonly ExtensionName[], onAurora: string, ...steps: readonly string[]): string {
  return `DO ${SCRIPT}
DECLARE
  commons pg_catalog.text;
  ml pg_catalog.text;
  s3 pg_catalog.text;
  internals pg_catalog.text;
  transfers pg_catalog.text;
  names pg_catalog.text;
  relation pg_catalog.regclass;
  has_rows pg_catalog.bool;
  kept pg_catalog.bool := false;
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name OPERATOR(pg_catalog.=) ${native(names)}) THEN
${indented(onAurora, 4)}
    RETURN;
  END IF;
  PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('aws_ml'), 1);
  IF pg_catalog.to_regclass('${internalSchema}.extension') IS NOT NULL THEN
    SELECT e.version INTO commons FROM ${internalSchema}.extension e WHERE e.name OPERATOR(pg_catalog.=) 'aws_commons';
    SELECT e.version INTO ml FROM ${internalSchema}.extension e WHERE e.name OPERATOR(pg_catalog.=) 'aws_ml';
    SELECT e.version INTO s3 FROM ${internalSchema}.extension e WHERE e.name OPERATOR(pg_catalog.=) 'aws_s3';
    internals := pg_catalog.obj_description('${internalSchema}'::pg_catalog.regnamespace::pg_catalog.oid, 'pg_namespace');
  END IF;
  IF s3 IS NOT NULL THEN
    transfers := pg_catalog.obj_description('${transferSchema}'::pg_catalog.regnamespace::pg_catalog.oid, 'pg_namespace');
  END IF;
${steps.map((step) => indented(step, 2)).join('\n')}
END ${SCRIPT}`;
}

/** aws_commons comes with either: where the server has aws_ml, it has all of them. */
const native = (names: readonly ExtensionName[]): string => (names.includes('aws_s3') ? "'aws_s3'" : "'aws_ml'");

/** A step that runs statements as they are. Within EXECUTE no name in them is taken for a variable. */
export const execute = (statements: readonly string[]): string =>
  statements.map((sql) => `EXECUTE ${STATEMENT}${sql}${STATEMENT};`).join('\n');

/** A step that depends on a condition. */
export function when(condition: string, then: string, otherwise?: string): string {
  const rest = otherwise === undefined ? '' : `ELSE\n${indented(otherwise, 2)}\n`;
  return `IF ${condition} THEN\n${indented(then, 2)}\n${rest}END IF;`;
}

/** A step that refuses servers on which the functions could be made and not be used. Aurora's own aws_ml has come before. */
export const refuseOldServer = (): string =>
  when(
    `pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.<) ${oldestMajorVersion * 10_000}`,
    raise('EXCEPTION', serverTooOld),
  );

/** Indents our own lines; those within quoted statements are bodies of functions, and stay as they are. */
function indented(step: string, by: number): string {
  let quoted = false;
  return step
    .split('\n')
    .map((line) => {
      const own = !quoted && line !== '';
      if ((line.split(STATEMENT).length - 1) % 2 === 1) quoted = !quoted;
      return own ? `${' '.repeat(by)}${line}` : line;
    })
    .join('\n');
}
