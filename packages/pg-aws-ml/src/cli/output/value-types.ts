import pg from 'pg';

const asText = (value: string): unknown => value;

/** Values as PostgreSQL writes them. */
export const textTypes: pg.CustomTypesConfig = { getTypeParser: () => asText };

const OID = { bool: 16, int2: 21, int4: 23, oid: 26, json: 114, jsonb: 3802, float4: 700, float8: 701 };
const ARRAY_OID = { bool: 1000, int2: 1005, int4: 1007, text: 1009, varchar: 1015, float4: 1021, float8: 1022 };
const hasJsonForm: ReadonlySet<number> = new Set([...Object.values(OID), ...Object.values(ARRAY_OID)]);

/** What JSON can hold without loss as itself; everything else (int8, numeric, times, ...) as PostgreSQL writes it. */
export const jsonTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number) =>
    hasJsonForm.has(oid) ? pg.types.getTypeParser(oid) : asText) as pg.CustomTypesConfig['getTypeParser'],
};
