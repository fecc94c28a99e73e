import pg from 'pg';

/** A string constant, whatever standard_conforming_strings says. */
export const quoteLiteral = (text: string): string => pg.escapeLiteral(text).trimStart();

export const quoteIdentifier = (name: string): string => pg.escapeIdentifier(name);
