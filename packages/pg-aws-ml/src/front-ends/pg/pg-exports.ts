import pg from 'pg';

// pg's own objects, by property: pg 8.11 has no named exports for ECMAScript modules.
export const Connection = pg.Connection;
export type Connection = pg.Connection;
export const DatabaseError = pg.DatabaseError;
export type DatabaseError = pg.DatabaseError;
export const Query = pg.Query;
// biome-ignore lint/suspicious/noExplicitAny: the defaults of @types/pg
export type Query<R extends pg.QueryResultRow = any, I extends any[] = any> = import('pg').Query<R, I>;
export const Result = pg.Result;
// biome-ignore lint/suspicious/noExplicitAny: the default of @types/pg
export type Result<R extends pg.QueryResultRow = any> = import('pg').Result<R>;
export const TypeOverrides = pg.TypeOverrides;
export type TypeOverrides = pg.TypeOverrides;
export const types: typeof pg.types = pg.types;
export const defaults: typeof pg.defaults = pg.defaults;
export const escapeIdentifier: typeof pg.escapeIdentifier = pg.escapeIdentifier;
export const escapeLiteral: typeof pg.escapeLiteral = pg.escapeLiteral;
