import type { TokenReader } from './token-reader.js';

/** Types of several words, by the first: what may follow it. */
const MORE_WORDS: Readonly<Record<string, readonly string[]>> = {
  double: ['precision'],
  character: ['varying'],
  char: ['varying'],
  nchar: ['varying'],
  national: ['character', 'char'],
  bit: ['varying'],
  binary: ['varying'],
};

/** A type as a text writes it, read as far as it reaches. */
export interface WrittenType {
  /** Its words, in lower case where they are not quoted; names that are quoted keep their quotes. */
  readonly name: string;
  /** What stands in parentheses behind the name. */
  readonly modifiers: readonly string[];
  /** `with time zone`, `without time zone`. */
  readonly suffix: string;
  /** `[]`, as often as it is written. */
  readonly dimensions: string;
  readonly position: number;
}

export function readType(reader: TokenReader): WrittenType {
  const { position } = reader.peek();
  const name = typeName(reader);
  const modifiers = reader.acceptSymbol('(') ? modifiersOf(reader) : [];
  let suffix = '';
  if (name === 'time' || name === 'timestamp') {
    for (const zone of ['with', 'without']) if (reader.accept(zone, 'time', 'zone')) suffix = `${zone} time zone`;
  }
  let dimensions = '';
  while (reader.acceptSymbol('[')) {
    reader.expectSymbol(']');
    dimensions += '[]';
  }
  return { name, modifiers, suffix, dimensions, position };
}

function typeName(reader: TokenReader): string {
  const token = reader.peek();
  const first = quotedAsWritten(reader);
  if (token.kind === 'word') {
    const more = MORE_WORDS[first]?.find((word) => reader.accept(word));
    if (more !== undefined && first === 'national' && reader.accept('varying')) return `${first} ${more} varying`;
    if (more !== undefined) return `${first} ${more}`;
  }
  return reader.acceptSymbol('.') ? `${first}.${quotedAsWritten(reader)}` : first;
}

function quotedAsWritten(reader: TokenReader): string {
  const quoted = reader.peek().kind === 'name';
  const name = reader.identifier('a type');
  return quoted ? `"${name.replaceAll('"', '""')}"` : name;
}

function modifiersOf(reader: TokenReader): string[] {
  const modifiers = reader.list(() => {
    const token = reader.peek();
    if (token.kind !== 'number' && !(token.kind === 'word' && token.value === 'max')) {
      throw reader.unexpected('Expected a number.');
    }
    return reader.take().value;
  });
  reader.expectSymbol(')');
  return modifiers;
}

/** The type as SQL. */
export function writeType({ name, modifiers, suffix, dimensions }: WrittenType): string {
  const size = modifiers.length === 0 ? '' : `(${modifiers.join(', ')})`;
  return `${name}${size}${suffix === '' ? '' : ` ${suffix}`}${dimensions}`;
}
