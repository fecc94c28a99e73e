import { mlFunctions } from 'aws-ml-core/ml-functions';
import { dropInternalsSql } from '../../catalog/internals.js';
import { internalSchema } from '../../stubs/names.js';
import { raise } from '../../stubs/server-message.js';
import { dropEndpointArgumentSql } from '../../stubs/sql/endpoint-argument.js';
import { dropModelsSql, refuseModelsSql } from '../../stubs/sql/models.js';
import { dropCommonsTypesSql } from '../../stubs/sql/transfers.js';
import { transferSchema } from '../../stubs/transfer-names.js';
import { execute, script, when } from './script.js';
import { type ExtensionName, variables } from './versions.js';

export interface DropOptions {
  /** A NOTICE instead of an error (42704) where the extension is missing. */
  readonly ifExists?: boolean;
  /** Drops what depends on the extension as well; else that is an error of the server (2BP01). */
  readonly cascade?: boolean;
  /** Drops tables of a cache in the extension's own schema that hold results; else they are kept. */
  readonly dropCache?: boolean;
}

/** `DROP EXTENSION` of some of ours. */
export function dropScript(names: readonly ExtensionName[], options: DropOptions): string {
  const commons = names.includes('aws_commons');
  const native = `DROP EXTENSION${options.ifExists ? ' IF EXISTS' : ''} ${names.join(', ')}${options.cascade ? ' CASCADE' : ''}`;
  const dependents = (['aws_ml', 'aws_s3'] as const).map((name) => ({
    name,
    named: names.includes(name),
    drop: name === 'aws_ml' ? dropMl(options) : dropS3(options),
  }));
  return script(
    names,
    execute([native]),
    ...[...new Set(names)].map((name) => when(`${variables[name]} IS NULL`, missing(name, options))),
    ...dependents.flatMap(({ name, named, drop }) => {
      const there = `${variables[name]} IS NOT NULL`;
      if (named) return [when(there, drop)];
      if (!commons) return [];
      return [
        when(`commons IS NOT NULL AND ${there}`, orphaned(name, options)),
        when(`commons IS NOT NULL AND ${there}`, drop),
      ];
    }),
    ...(commons ? [when('commons IS NOT NULL', dropCommons(options))] : []),
  );
}

const behaviour = (options: DropOptions): string => (options.cascade === true ? 'CASCADE' : 'RESTRICT');

function missing(name: ExtensionName, { ifExists }: DropOptions): string {
  const message = `extension "${name}" does not exist`;
  if (ifExists === true) return raise('NOTICE', { code: '00000', message: `${message}, skipping` });
  return raise('EXCEPTION', { code: '42704', message });
}

function orphaned(name: ExtensionName, { cascade }: DropOptions): string {
  if (cascade === true) return raise('NOTICE', { code: '00000', message: `drop cascades to extension ${name}` });
  return raise('EXCEPTION', {
    code: '2BP01',
    message: 'cannot drop extension aws_commons because other objects depend on it',
    detail: `extension ${name} depends on extension aws_commons`,
    hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
  });
}

function dropMl(options: DropOptions): string {
  const functions = mlFunctions.map((f) => `'${f.qualifiedName}'`).join(', ');
  const schemas = [...new Set(mlFunctions.map((f) => `'${f.schema}'`))].join(', ');
  return `${execute([refuseModelsSql])}
SELECT pg_catalog.string_agg(p.oid::pg_catalog.regprocedure::pg_catalog.text, ', ') INTO names
  FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
  WHERE pg_catalog.format('%s.%s', n.nspname, p.proname) OPERATOR(pg_catalog.=) ANY (ARRAY[${functions}]);
EXECUTE pg_catalog.format('DROP FUNCTION %s ${behaviour(options)}', names);
SELECT pg_catalog.string_agg(pg_catalog.quote_ident(n.nspname), ', ') INTO names FROM pg_catalog.pg_namespace n
  WHERE n.nspname OPERATOR(pg_catalog.=) ANY (ARRAY[${schemas}]::pg_catalog.name[]);
EXECUTE pg_catalog.format('DROP SCHEMA %s ${behaviour(options)}', names);
${execute([
  ...dropModelsSql,
  ...dropInternalsSql,
  ...dropEndpointArgumentSql,
  `DROP TABLE IF EXISTS ${internalSchema}.secret`,
  `COMMENT ON SCHEMA ${internalSchema} IS NULL`,
  `DELETE FROM ${internalSchema}.extension WHERE name OPERATOR(pg_catalog.=) 'aws_ml'`,
])}`;
}

const dropS3 = (options: DropOptions): string =>
  execute([
    `DROP FUNCTION ${dropped.join(', ')} ${behaviour(options)}`,
    `DROP SCHEMA aws_s3 ${behaviour(options)}`,
    `DROP SCHEMA ${transferSchema} CASCADE`,
    `DELETE FROM ${internalSchema}.extension WHERE name OPERATOR(pg_catalog.=) 'aws_s3'`,
  ]);

const dropped: readonly string[] = [
  'aws_s3.query_export_to_s3(text, aws_commons._s3_uri_1, text, text)',
  'aws_s3.query_export_to_s3(text, text, text, text, text, text)',
  'aws_s3.table_import_from_s3(text, text, text, aws_commons._s3_uri_1, aws_commons._aws_credentials_1)',
  'aws_s3.table_import_from_s3(text, text, text, text, text, text, text, text, text)',
];

/** Results in a cache have been paid for: the next installation finds them where they are. */
function dropCommons(options: DropOptions): string {
  const drop = execute([`DROP SCHEMA ${internalSchema} CASCADE`]);
  return [
    execute([
      ...dropCommonsTypesSql(behaviour(options)),
      `DROP SCHEMA aws_commons ${behaviour(options)}`,
      `DROP TABLE ${internalSchema}.extension`,
    ]),
    options.dropCache === true ? drop : `${dropEmptyCaches}\n${when('NOT kept', drop)}`,
  ].join('\n');
}

const dropEmptyCaches = `FOR relation IN SELECT c.oid FROM pg_catalog.pg_class c
  WHERE c.relnamespace OPERATOR(pg_catalog.=) '${internalSchema}'::pg_catalog.regnamespace::pg_catalog.oid
    AND c.relkind IN ('r', 'p')
LOOP
  EXECUTE pg_catalog.format('SELECT EXISTS (SELECT FROM %s)', relation) INTO has_rows;
  IF has_rows THEN
    kept := true;
    RAISE NOTICE USING MESSAGE = pg_catalog.format('table %s is kept, because it holds results of ML calls', relation),
      HINT = pg_catalog.format('DROP TABLE %s, or pg-aws-ml uninstall --drop-cache, removes it.', relation);
  ELSE
    EXECUTE pg_catalog.format('DROP TABLE %s', relation);
  END IF;
END LOOP;`;
