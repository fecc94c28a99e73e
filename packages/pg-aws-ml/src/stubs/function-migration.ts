/** Aurora's parameter. PostgreSQL refuses names without a dot that it doesn't know. */
export const functionMigration = 'apg_enable_function_migration';

/**
 * What stands for it in the server's session: so ROLLBACK, SET LOCAL, RESET ALL, DISCARD ALL and poolers treat it as
 * every other setting.
 */
export const functionMigrationSetting = 'aws_ml.enable_function_migration';

/** SQL for the parameter's value, `on` or `off`; on unless it is set. */
export const functionMigrationSql = `CASE pg_catalog.current_setting('${functionMigrationSetting}', true) WHEN 'off' THEN 'off' ELSE 'on' END`;
