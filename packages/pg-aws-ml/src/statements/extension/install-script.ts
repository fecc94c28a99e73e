import { createInternalsSql } from '../../catalog/internals.js';
import { internalSchema } from '../../stubs/names.js';
import { quoteLiteral } from '../../stubs/quote.js';
import { raise } from '../../stubs/server-message.js';
import { internalSchemaSql } from '../../stubs/sql/internal-schema.js';
import { mlFunctionsSql } from '../../stubs/sql/ml-functions.js';
import { commonsTypesSql, createTransfersSql } from '../../stubs/sql/transfers.js';
import { execute, refuseOldServer, script, when } from './script.js';
import { defaultVersions, type ExtensionName, isMlVersion, variables, versions } from './versions.js';

export interface InstallOptions {
  /** Defaults to the latest. One that Aurora doesn't have is refused with 22023, as PostgreSQL does. */
  readonly version?: string;
  /** Installs aws_commons where it is missing, with PostgreSQL's NOTICE. */
  readonly cascade?: boolean;
  /** A NOTICE instead of an error (42710) where the extension is there. */
  readonly ifNotExists?: boolean;
  /** Statements that make the table of a cache beside it. */
  readonly cacheTable?: readonly string[];
}

/** `CREATE EXTENSION` of one of ours. */
export function installScript(name: ExtensionName, options: InstallOptions): string {
  const already = `extension "${name}" already exists`;
  const exists =
    options.ifNotExists === true
      ? raise('NOTICE', { code: '42710', message: `${already}, skipping` })
      : raise('EXCEPTION', { code: '42710', message: already });
  const create = { aws_ml: createMl, aws_s3: createS3, aws_commons: createCommonsAlone }[name](options);
  return script(
    [name],
    execute([nativeStatement(name, options)]),
    refuseOldServer(),
    when(`${variables[name]} IS NOT NULL`, exists, create),
    ...(options.cacheTable === undefined ? [] : [execute(options.cacheTable)]),
  );
}

function nativeStatement(name: ExtensionName, { ifNotExists, version, cascade }: InstallOptions): string {
  const words = [
    `CREATE EXTENSION${ifNotExists ? ' IF NOT EXISTS' : ''} ${name}`,
    ...(version === undefined ? [] : [`VERSION ${quoteLiteral(version)}`]),
    ...(cascade ? ['CASCADE'] : []),
  ];
  return words.join(' ');
}

function createMl({ version = defaultVersions.aws_ml, cascade }: InstallOptions): string {
  if (!isMlVersion(version)) return refuseVersion('aws_ml', version);
  return [
    requireCommons(cascade),
    execute([
      ...createInternalsSql,
      ...mlFunctionsSql(version),
      `INSERT INTO ${internalSchema}.extension VALUES ('aws_ml', '${version}')`,
    ]),
  ].join('\n');
}

function createS3({ version = defaultVersions.aws_s3, cascade }: InstallOptions): string {
  if (!versions.aws_s3.some((known) => known === version)) return refuseVersion('aws_s3', version);
  return [
    requireCommons(cascade),
    execute([
      ...commonsTypesSql,
      ...createTransfersSql,
      `INSERT INTO ${internalSchema}.extension VALUES ('aws_s3', '${version}')`,
    ]),
  ].join('\n');
}

function requireCommons(cascade: boolean | undefined): string {
  const missing = cascade
    ? [
        raise('NOTICE', { code: '00000', message: 'installing required extension "aws_commons"' }),
        createCommons(undefined),
      ].join('\n')
    : raise('EXCEPTION', {
        code: '42704',
        message: 'required extension "aws_commons" is not installed',
        hint: 'Use CREATE EXTENSION ... CASCADE to install required extensions too.',
      });
  return when('commons IS NULL', missing);
}

const createCommonsAlone = ({ version }: InstallOptions): string => createCommons(version);

function createCommons(version: string = defaultVersions.aws_commons): string {
  if (!versions.aws_commons.some((known) => known === version)) return refuseVersion('aws_commons', version);
  return execute([
    ...internalSchemaSql,
    'CREATE SCHEMA aws_commons',
    'GRANT USAGE ON SCHEMA aws_commons TO PUBLIC',
    ...commonsTypesSql,
    `INSERT INTO ${internalSchema}.extension VALUES ('aws_commons', '${version}')`,
  ]);
}

const refuseVersion = (name: ExtensionName, version: string): string =>
  raise('EXCEPTION', {
    code: '22023',
    message: `extension "${name}" has no installation script nor update path for version "${version}"`,
  });
