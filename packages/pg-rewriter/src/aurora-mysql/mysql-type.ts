import { notSupported } from '../tokens/syntax-error.js';
import type { TokenReader } from '../tokens/token-reader.js';
import { readType, writeType } from '../tokens/type-name.js';

/** PostgreSQL's types for MySQL's, of those that are named otherwise or have another length. */
const TYPES: Readonly<
  Record<string, { readonly name: string; readonly unsigned?: string; readonly keepsLength?: true }>
> = {
  tinyint: { name: 'smallint' },
  smallint: { name: 'smallint', unsigned: 'integer' },
  mediumint: { name: 'integer' },
  int: { name: 'integer', unsigned: 'bigint' },
  integer: { name: 'integer', unsigned: 'bigint' },
  bigint: { name: 'bigint', unsigned: 'numeric(20)' },
  float: { name: 'real' },
  double: { name: 'double precision' },
  'double precision': { name: 'double precision' },
  real: { name: 'double precision' },
  dec: { name: 'numeric', keepsLength: true },
  fixed: { name: 'numeric', keepsLength: true },
  bool: { name: 'boolean' },
  datetime: { name: 'timestamp', keepsLength: true },
  timestamp: { name: 'timestamptz', keepsLength: true },
  year: { name: 'integer' },
  tinytext: { name: 'text' },
  text: { name: 'text' },
  mediumtext: { name: 'text' },
  longtext: { name: 'text' },
  nvarchar: { name: 'varchar', keepsLength: true },
  binary: { name: 'bytea' },
  varbinary: { name: 'bytea' },
  tinyblob: { name: 'bytea' },
  blob: { name: 'bytea' },
  mediumblob: { name: 'bytea' },
  longblob: { name: 'bytea' },
  json: { name: 'jsonb' },
};

/** Of MySQL alone. */
const UNKNOWN: ReadonlySet<string> = new Set(['enum', 'set']);

/** A type in MySQL's spelling, as PostgreSQL writes it; types that only PostgreSQL has stay as they are. */
export function mysqlType(reader: TokenReader): string {
  const { kind, value, position } = reader.peek();
  if (kind === 'word' && UNKNOWN.has(value)) {
    throw notSupported(`PostgreSQL has no type ${value.toUpperCase()}`, position, 'Write varchar.');
  }
  const written = readType(reader);
  let unsigned = false;
  for (;;) {
    if (reader.accept('unsigned')) unsigned = true;
    else if (reader.accept('charset') || reader.accept('character', 'set') || reader.accept('collate')) {
      // Text is in the encoding of the database.
      reader.identifier('a name');
    } else if (!reader.accept('signed') && !reader.accept('zerofill')) break;
  }
  const known = TYPES[written.name];
  if (known === undefined) return writeType(written);
  const name = (unsigned ? known.unsigned : undefined) ?? known.name;
  return writeType({ ...written, name, modifiers: known.keepsLength ? written.modifiers : [], suffix: '' });
}
