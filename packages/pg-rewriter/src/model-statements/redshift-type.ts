import type { TokenReader } from '../tokens/token-reader.js';
import { readType, writeType } from '../tokens/type-name.js';
import type { TypeName } from './statement.js';

/** Redshift's names of types that PostgreSQL has under another one. */
const SPELLED_OTHERWISE: Readonly<Record<string, string>> = {
  super: 'jsonb',
  nvarchar: 'varchar',
  'national character varying': 'varchar',
  datetime: 'timestamp',
  varbyte: 'bytea',
  varbinary: 'bytea',
  'binary varying': 'bytea',
};

/** Types of PostgreSQL that have no length, though Redshift's may have one. */
const WITHOUT_LENGTH: ReadonlySet<string> = new Set(['bytea', 'text', 'jsonb']);

/** A type in Redshift's spelling. What it means is the server's to say. */
export function redshiftType(reader: TokenReader): TypeName {
  const written = readType(reader);
  const name = SPELLED_OTHERWISE[written.name] ?? written.name;
  // VARCHAR(MAX) is as long as can be, as one without a length is.
  const unlimited = WITHOUT_LENGTH.has(name) || written.modifiers[0] === 'max';
  const text = writeType({ ...written, name, modifiers: unlimited ? [] : written.modifiers });
  return { text, isSuper: written.name === 'super', position: written.position };
}
