import { knownWords } from '../tokens/nearest.js';
import { invalidValue, notSupported, StatementError, syntaxError } from '../tokens/syntax-error.js';
import { TokenReader } from '../tokens/token-reader.js';
import { mysqlType } from './mysql-type.js';

/** Aurora MySQL's batches have at most so many rows, and as many by default. */
const MOST_ROWS = 10_000;

interface Parameter {
  readonly name: string;
  readonly type: string;
}

interface FunctionHead {
  readonly name: string;
  readonly replaces: boolean;
  readonly parameters: readonly Parameter[];
  readonly returns: string;
  readonly isDefiner: boolean;
}

/**
 * Aurora MySQL's CREATE FUNCTION … ALIAS AWS_SAGEMAKER_INVOKE_ENDPOINT and … AWS_BEDROCK_INVOKE_MODEL, as a wrapper of the
 * function that PostgreSQL has for it.
 *
 * @param text one statement, which PostgreSQL's grammar refuses
 * @returns the CREATE FUNCTION of PostgreSQL; undefined where the text is no statement of this kind
 * @throws StatementError where it is one, and wrong
 */
export function auroraFunction(text: string): string | undefined {
  // Nearly every other text ends here.
  if (!/\balias\s+aws_/i.test(text)) return undefined;
  const reader = new TokenReader(text);
  if (!createsFunction(reader)) return undefined;
  const head = readHead(reader);
  const call = readAlias(reader, head);
  reader.expectEnd('Nothing may follow: such a function has no body.');
  const parameters = head.parameters.map(({ name, type }) => `${quoted(name)} ${type}`).join(', ');
  const security = head.isDefiner ? ' SECURITY DEFINER' : '';
  return `CREATE ${head.replaces ? 'OR REPLACE ' : ''}FUNCTION ${head.name}(${parameters}) RETURNS ${head.returns} LANGUAGE sql${security} PARALLEL SAFE COST 5000 AS ${literal(` SELECT ${call}::${head.returns} `)}`;
}

function createsFunction(reader: TokenReader): boolean {
  try {
    while (reader.acceptSymbol(';'));
    return (
      reader.sees('create', 'function') ||
      reader.sees('create', 'or', 'replace', 'function') ||
      reader.sees('create', 'definer')
    );
  } catch (error) {
    if (error instanceof StatementError) return false;
    throw error;
  }
}

function readHead(reader: TokenReader): FunctionHead {
  reader.expect('create');
  const replaces = reader.accept('or', 'replace');
  readDefiner(reader);
  reader.expect('function');
  if (reader.sees('if'))
    throw reader.unexpected('PostgreSQL has no IF NOT EXISTS here: write CREATE OR REPLACE FUNCTION.');
  const first = readName(reader);
  const name = reader.acceptSymbol('.') ? `${quoted(first)}.${quoted(readName(reader))}` : quoted(first);
  reader.expectSymbol('(');
  const parameters = reader.acceptSymbol(')') ? [] : reader.list(() => readParameter(reader));
  if (parameters.length > 0) reader.expectSymbol(')', 'Expected "," or ")".');
  readDefiner(reader);
  reader.expect('returns');
  const { position } = reader.peek();
  const returns = mysqlType(reader);
  if (['json', 'jsonb', 'bytea', 'bit'].includes(returns.replace(/\(.*/, ''))) {
    throw notSupported('the function cannot return this type', position, 'It returns a number or text.');
  }
  return { name, replaces, parameters, returns, isDefiner: readCharacteristics(reader) };
}

/** `DEFINER = CURRENT_USER`: the owner is whoever creates the function. */
function readDefiner(reader: TokenReader): void {
  if (!reader.sees('definer')) return;
  const { position } = reader.take();
  reader.expectSymbol('=');
  if (!reader.accept('current_user')) {
    throw notSupported(
      'DEFINER can only be CURRENT_USER',
      position,
      'Create it as that user, or ALTER FUNCTION … OWNER TO.',
    );
  }
  if (reader.acceptSymbol('(')) reader.expectSymbol(')');
}

/** MySQL quotes names by backticks. */
function readName(reader: TokenReader): string {
  if (!reader.acceptSymbol('`')) return reader.identifier('a name');
  const name = reader.identifier('a name');
  reader.expectSymbol('`');
  return name;
}

function readParameter(reader: TokenReader): Parameter {
  if (reader.sees('out') || reader.sees('inout')) throw reader.unexpected('Parameters are all of input.');
  reader.accept('in');
  return { name: readName(reader), type: mysqlType(reader) };
}

const CHARACTERISTICS = ['SQL SECURITY', 'NOT DETERMINISTIC', 'ALIAS'];

/** @returns whether SQL SECURITY is DEFINER: such a function is no wrapper to the planner, and so it is only where that is written */
function readCharacteristics(reader: TokenReader): boolean {
  let isDefiner = false;
  for (;;) {
    if (reader.accept('sql', 'security')) isDefiner = reader.oneOf(['definer', 'invoker']) === 'definer';
    else if (reader.accept('not', 'deterministic')) continue;
    else if (reader.sees('alias')) return isDefiner;
    else if (reader.sees('deterministic')) throw reader.unexpected('A model may answer otherwise the next time.');
    else if (reader.sees('contains') || reader.sees('no') || reader.sees('reads') || reader.sees('modifies')) {
      throw reader.unexpected('It reads no data by SQL: leave it out.');
    } else throw reader.unexpected(knownWords(reader.peek().value, CHARACTERISTICS));
  }
}

/** Behind ALIAS: the call that the function makes. */
function readAlias(reader: TokenReader, head: FunctionHead): string {
  reader.expect('alias');
  const service = reader.oneOf(['aws_sagemaker_invoke_endpoint', 'aws_bedrock_invoke_model']);
  const inputs = head.parameters.map((_, i) => `$${i + 1}`);
  if (service === 'aws_bedrock_invoke_model') return bedrockCall(reader, inputs);
  reader.expect('endpoint');
  reader.expect('name');
  const endpoint = notEmpty(reader, 'the name of the endpoint');
  if (inputs.length === 0)
    throw syntaxError('the function has no parameters', reader.peek().position, 'The model has inputs.');
  const rows = reader.accept('max_batch_size') ? wholeNumber(reader, MOST_ROWS) : undefined;
  return `aws_sagemaker.invoke_endpoint(${[literal(endpoint), rows ?? 'NULL', ...inputs].join(', ')})`;
}

function bedrockCall(reader: TokenReader, inputs: readonly string[]): string {
  reader.expect('model');
  reader.expect('id');
  const model = notEmpty(reader, 'the name of the model');
  const options = new Map<string, string>();
  while (!reader.atEnd) {
    const { position } = reader.peek();
    const option = reader.oneOf(['content_type', 'accept', 'timeout_ms']);
    if (options.has(option))
      throw syntaxError(`${option.toUpperCase()} is given twice`, position, 'Leave one of them out.');
    // Requests are bounded by the Pool: the number is checked, as Aurora checks it.
    options.set(option, option === 'timeout_ms' ? String(wholeNumber(reader, 2 ** 31 - 1)) : reader.string('a type'));
  }
  if (inputs.length !== 1) {
    throw syntaxError('the function must have one parameter', reader.peek().position, 'It is the body of the request.');
  }
  const type = (option: string) => literal(options.get(option) ?? 'application/json');
  return `aws_bedrock.invoke_model(${literal(model)}, ${type('content_type')}, ${type('accept')}, ${inputs[0]})`;
}

function notEmpty(reader: TokenReader, what: string): string {
  const { position } = reader.peek();
  const value = reader.string(what);
  if (value.trim() !== '') return value;
  throw invalidValue(`${what} is empty`, position, 'Write it between the quotes.');
}

function wholeNumber(reader: TokenReader, most: number): number {
  const { kind, value, position } = reader.peek();
  if (kind !== 'number') throw reader.unexpected('Expected a number.');
  reader.take();
  const number = /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= 1 && number <= most) return number;
  throw invalidValue('the number is out of range', position, `Write a whole number from 1 to ${most}.`);
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** As the server reads it whatever its settings are. */
const literal = (value: string): string => {
  const escaped = value.replaceAll("'", "''");
  return value.includes('\\') ? `E'${escaped.replaceAll('\\', '\\\\')}'` : `'${escaped}'`;
};
