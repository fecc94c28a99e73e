import { type MlFunction, mlFunctions } from 'aws-ml-core/ml-functions';
import type pg from 'pg';
import { internalsRevision } from '../../catalog/internals.js';
import { internalSchema } from '../../stubs/names.js';
import { type Finding, failed, passed } from './check.js';

/** Aurora's own extension, ours, or none. */
export async function checkExtension(client: pg.Client): Promise<{ finding: Finding; version?: string }> {
  const native = await client.query(
    `SELECT (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'aws_ml') AS installed,
            EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'aws_ml') AS available`,
  );
  const { installed, available } = native.rows[0] as { installed: string | null; available: boolean };
  if (installed !== null) {
    const message = `the server's own aws_ml ${installed}: pg-aws-ml steps aside, the server calls the services`;
    return { finding: passed('extension', message), version: installed };
  }
  if (available) {
    const fix = 'CREATE EXTENSION aws_ml CASCADE; the server will call the services itself.';
    return { finding: failed('extension', 'the server has an aws_ml of its own that is not installed', fix) };
  }
  const version = await installedVersion(client);
  if (version !== undefined && !(await hasOwnInternals(client))) {
    const fix = "As the extension's owner, through pg-aws-ml: ALTER EXTENSION aws_ml UPDATE.";
    return { finding: failed('extension', `aws_ml ${version}, from another version of pg-aws-ml`, fix), version };
  }
  if (version !== undefined) await client.query(`SELECT ${internalSchema}.forget_ended_live()`);
  if (version !== undefined) return { finding: passed('extension', `aws_ml ${version}, of pg-aws-ml`), version };
  const fix = 'pg-aws-ml install, or CREATE EXTENSION aws_ml CASCADE through the Pool.';
  return { finding: failed('extension', 'aws_ml is not installed in this database', fix) };
}

async function installedVersion(client: pg.Client): Promise<string | undefined> {
  const known = await client.query(`SELECT to_regclass('${internalSchema}.extension') IS NOT NULL AS exists`);
  if (!known.rows[0].exists) return undefined;
  const { rows } = await client.query(`SELECT version FROM ${internalSchema}.extension WHERE name = 'aws_ml'`);
  return rows[0]?.version;
}

/** Whether the functions in the database are those that this version of the package talks to. */
async function hasOwnInternals(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT pg_catalog.obj_description(pg_catalog.to_regnamespace('${internalSchema}')::pg_catalog.oid, 'pg_namespace') AS revision`,
  );
  return rows[0]?.revision === internalsRevision;
}

/** Whether the current role may call each function, as PostgreSQL will decide. */
export async function checkPrivileges(client: pg.Client, version: string): Promise<Finding[]> {
  const functions = mlFunctions.filter(({ since }) => Number(since) <= Number(version));
  const findings: Finding[] = [];
  for (const definition of functions) findings.push(await checkPrivilege(client, definition));
  return findings;
}

async function checkPrivilege(client: pg.Client, { schema, name, qualifiedName }: MlFunction): Promise<Finding> {
  const { rows } = await client.query(
    `SELECT pg_catalog.quote_ident(current_user) AS role,
            pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS usage,
            bool_or(pg_catalog.has_function_privilege(p.oid, 'EXECUTE')) AS execute
     FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_proc p ON p.pronamespace = n.oid
     WHERE n.nspname = $1 AND p.proname = $2
     GROUP BY n.oid`,
    [schema, name],
  );
  const check = `privileges on ${qualifiedName}`;
  const found = rows[0] as { role: string; usage: boolean; execute: boolean } | undefined;
  if (found === undefined) return failed(check, 'the function is missing', 'pg-aws-ml uninstall, then install again.');
  if (found.usage && found.execute) return passed(check, `${found.role} may call it`);
  const grants = [
    found.usage ? '' : `GRANT USAGE ON SCHEMA ${schema} TO ${found.role};`,
    found.execute ? '' : `GRANT EXECUTE ON FUNCTION ${qualifiedName} TO ${found.role};`,
  ];
  const fix = `If it should, run as the owner, through pg-aws-ml: ${grants.filter((grant) => grant !== '').join(' ')}`;
  // A role seldom needs all four.
  return { check, status: 'warning', message: `${found.role} may not call it`, fix };
}
