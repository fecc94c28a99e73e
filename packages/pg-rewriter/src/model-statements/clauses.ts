import { knownWords } from '../tokens/nearest.js';
import { type StatementError, syntaxError } from '../tokens/syntax-error.js';
import type { TokenReader } from '../tokens/token-reader.js';

/** What reads a clause behind its first word. */
export type ClauseReaders = Readonly<Record<string, () => void>>;

/** Clauses that stand in any order, each once: which were given, and where. */
export class Clauses {
  readonly #reader: TokenReader;
  readonly #positions = new Map<string, number>();

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  /** @param readers by the clauses' first words, in lower case */
  read(readers: ClauseReaders): void {
    while (!this.#reader.atEnd) {
      const { kind, value } = this.#reader.peek();
      const readClause = kind === 'word' && Object.hasOwn(readers, value) ? readers[value] : undefined;
      if (readClause === undefined) throw this.#unknown(Object.keys(readers));
      this.begin(value);
      readClause();
    }
  }

  /** Takes the word that begins a clause, or names a setting. */
  begin(word: string): void {
    const { position } = this.#reader.take();
    if (this.#positions.has(word)) {
      throw syntaxError(`${word.toUpperCase()} is given twice`, position, 'Leave one of them out.');
    }
    this.#positions.set(word, position);
  }

  #unknown(known: readonly string[]): StatementError {
    const missing = known.filter((word) => !this.has(word)).map((word) => word.toUpperCase());
    return this.#reader.unexpected(knownWords(this.#reader.peek().value, missing));
  }

  has(clause: string): boolean {
    return this.#positions.has(clause);
  }

  /** Where a clause was given; else where the statement ends. */
  positionOf(clause: string): number {
    return this.#positions.get(clause) ?? this.#reader.peek().position;
  }

  /** @param reason why the clause makes no sense beside the others */
  refuse(clause: string, reason: string, hint?: string): void {
    if (this.has(clause)) throw syntaxError(reason, this.positionOf(clause), hint);
  }

  require(clause: string, statement: string, hint: string): void {
    if (!this.has(clause)) {
      throw syntaxError(`${statement} needs ${clause.toUpperCase()}`, this.#reader.peek().position, hint);
    }
  }
}

export const roleHint = "Write IAM_ROLE default, or IAM_ROLE 'arn:aws:iam::<account>:role/<name>'.";

/** Behind IAM_ROLE: undefined for `default`, which manuals print in braces. */
export function readIamRole(reader: TokenReader): string | undefined {
  const braced = reader.acceptSymbol('{');
  const { kind, position } = reader.peek();
  if (kind === 'string') {
    const arn = reader.take().value;
    if (arn.toLowerCase() !== 'default' && !arn.startsWith('arn:')) {
      throw syntaxError('IAM_ROLE is not the ARN of a role', position, roleHint);
    }
    if (braced) reader.expectSymbol('}');
    return arn.toLowerCase() === 'default' ? undefined : arn;
  }
  if (!reader.accept('default')) throw reader.unexpected(roleHint);
  if (braced) reader.expectSymbol('}');
  return undefined;
}
