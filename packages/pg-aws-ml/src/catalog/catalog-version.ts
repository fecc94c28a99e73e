/**
 * The catalogs that hold functions, relations, rules, triggers, defaults and policies of users; each is read by a range
 * of its OID index. Replacing a function or altering a relation gives its row a new xmin. Temporary relations are left
 * out: they come and go, and only their own session sees them.
 */
const catalogs = [
  ['pg_proc', 'true'],
  ['pg_class', `relpersistence <> 't' AND relkind NOT IN ('i', 'I', 't')`],
  ['pg_rewrite', 'true'],
  ['pg_trigger', 'NOT tgisinternal'],
  ['pg_attrdef', 'true'],
  ['pg_policy', 'true'],
];

const rowVersions = (catalog: string, condition: string) =>
  `SELECT pg_catalog.concat(pg_catalog.count(*), ':', pg_catalog.sum(xmin::pg_catalog.text::pg_catalog.int8))
   FROM pg_catalog.${catalog} WHERE oid >= '16384' AND ${condition}`;

/**
 * An SQL expression: a text that changes when the catalog does, whoever changes it. Costs less than a millisecond for
 * some hundreds of objects. Does not see what leaves those rows alone, such as renaming a column or granting a privilege:
 * what facts say of columns must be dropped as well when the pool itself sees a DDL statement.
 */
export const catalogVersionSql = `pg_catalog.concat_ws(' ', ${catalogs
  .map(([c = '', condition = '']) => `(${rowVersions(c, condition)})`)
  .join(', ')})`;
