import type { MlFunction } from 'aws-ml-core/ml-functions';
import { createInternalsSql, dropInternalsSql, internalsRevision } from '../../catalog/internals.js';
import { internalSchema } from '../../stubs/names.js';
import { quoteLiteral } from '../../stubs/quote.js';
import { raise } from '../../stubs/server-message.js';
import { mlFunctionSql, mlFunctionsOf, mlFunctionsSql } from '../../stubs/sql/ml-functions.js';
import { renewInvokeEndpointSql } from '../../stubs/sql/renew-invoke-endpoint.js';
import { commonsTypesSql, renewTransfersSql, transfersRevision } from '../../stubs/sql/transfers.js';
import { execute, refuseOldServer, script, when } from './script.js';
import { defaultVersions, type ExtensionName, variables, versions } from './versions.js';

/** `ALTER EXTENSION … UPDATE [TO version]` of one of ours. */
export function updateScript(name: ExtensionName, version: string | undefined): string {
  const installed = variables[name];
  const missing = raise('EXCEPTION', { code: '42704', message: `extension "${name}" does not exist` });
  const to = version === undefined ? '' : ` TO ${quoteLiteral(version)}`;
  const update = {
    aws_ml: () => updateMl(version ?? defaultVersions.aws_ml),
    aws_commons: () => updateCommons(version),
    aws_s3: () => updateS3(version),
  };
  return script(
    [name],
    execute([`ALTER EXTENSION ${name} UPDATE${to}`]),
    refuseOldServer(),
    when(`${installed} IS NULL`, missing),
    update[name](),
  );
}

function updateMl(target: string): string {
  const current = raiseFormatted('NOTICE', '00000', 'version "%s" of extension "aws_ml" is already installed', 'ml');
  const reached = `ml OPERATOR(pg_catalog.=) ${quoteLiteral(target)}`;
  const outdated = `internals IS DISTINCT FROM '${internalsRevision}'`;
  const add = execute([
    ...mlFunctionsSql('2.0', '1.0'),
    `UPDATE ${internalSchema}.extension SET version = '2.0' WHERE name OPERATOR(pg_catalog.=) 'aws_ml'`,
  ]);
  return [
    when(target === '2.0' ? `NOT (${reached} OR ${isFirst})` : `NOT ${reached}`, noPath('aws_ml', 'ml', target)),
    when(`${reached} AND internals OPERATOR(pg_catalog.=) '${internalsRevision}'`, current),
    when(outdated, renewInternals),
    ...(target === '2.0' ? [when(isFirst, add)] : []),
  ].join('\n');
}

const isFirst = "ml OPERATOR(pg_catalog.=) '1.0'";

function updateCommons(target: string | undefined): string {
  const current = raiseFormatted(
    ...(['NOTICE', '00000', 'version "%s" of extension "aws_commons" is already installed', 'commons'] as const),
  );
  if (target === undefined) return current;
  return when(
    `commons OPERATOR(pg_catalog.=) ${quoteLiteral(target)}`,
    current,
    noPath('aws_commons', 'commons', target),
  );
}

/** Aurora's versions differ in nothing that can be seen: what counts is the version of this package. */
function updateS3(target: string = defaultVersions.aws_s3): string {
  if (!versions.aws_s3.some((known) => known === target)) return noPath('aws_s3', 's3', target);
  const current = raiseFormatted('NOTICE', '00000', 'version "%s" of extension "aws_s3" is already installed', 's3');
  const version = `UPDATE ${internalSchema}.extension SET version = ${quoteLiteral(target)} WHERE name OPERATOR(pg_catalog.=) 'aws_s3'`;
  return when(
    `s3 OPERATOR(pg_catalog.=) ${quoteLiteral(target)} AND transfers OPERATOR(pg_catalog.=) '${transfersRevision}'`,
    current,
    execute([...commonsTypesSql, ...renewTransfersSql, version]),
  );
}

const noPath = (name: ExtensionName, installed: string, target: string): string =>
  raiseFormatted(
    'EXCEPTION',
    '22023',
    `extension "${name}" has no update path from version "%s" to version "${target.replaceAll('%', '%%')}"`,
    installed,
  );

/** A message that names what the script has found. */
const raiseFormatted = (level: 'EXCEPTION' | 'NOTICE', code: string, format: string, variable: string): string =>
  `RAISE ${level} USING ERRCODE = '${code}', MESSAGE = pg_catalog.format(${quoteLiteral(format)}, ${variable});`;

const replaceFunctions = (functions: readonly MlFunction[]): string =>
  execute(functions.flatMap((f) => mlFunctionSql(f, 'CREATE OR REPLACE')));

/** Carries an installation of another version of this package over: what its users have built on the functions stays. */
const renewInternals = [
  execute([...dropInternalsSql, ...createInternalsSql]),
  replaceFunctions(mlFunctionsOf('1.0')),
  when(`NOT ${isFirst}`, replaceFunctions(mlFunctionsOf('2.0').filter(({ since }) => since !== '1.0'))),
  execute(renewInvokeEndpointSql),
].join('\n');
