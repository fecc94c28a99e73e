import { knownWords } from '../tokens/nearest.js';
import { invalidValue, syntaxError } from '../tokens/syntax-error.js';
import type { TokenReader } from '../tokens/token-reader.js';
import type { PreprocessorStep } from './statement.js';

const TRANSFORMERS = [
  'OneHotEncoder',
  'OrdinalEncoder',
  'NumericPassthrough',
  'Imputer',
  'ImputerWithIndicator',
  'Normalizer',
  'DateTimeVectorizer',
  'PCA',
  'StandardScaler',
  'MinMax',
] as const;

/** Those that a KMEANS model takes. */
export const kmeansTransformers = ['StandardScaler', 'MinMax', 'NumericPassthrough'] as const;

const FORM = `Write PREPROCESSORS 'none', or PREPROCESSORS '[{"ColumnSet": ["column"], "Transformers": ["Imputer"]}]'.`;

export interface WrittenPreprocessors {
  /** Undefined for `none`. */
  readonly steps: readonly PreprocessorStep[] | undefined;
  readonly position: number;
}

/** Behind PREPROCESSORS: a string, which says `none`, or holds JSON. */
export function readPreprocessors(reader: TokenReader): WrittenPreprocessors {
  const { position } = reader.peek();
  if (reader.accept('none')) return { steps: undefined, position };
  const written = reader.string('the steps');
  if (written.trim().toLowerCase() === 'none') return { steps: undefined, position };
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    throw syntaxError('PREPROCESSORS is no JSON', position, FORM);
  }
  if (!Array.isArray(value)) throw syntaxError('PREPROCESSORS must be a list of steps', position, FORM);
  return { steps: value.map((step) => readStep(step, position)), position };
}

function readStep(step: unknown, position: number): PreprocessorStep {
  const { ColumnSet, Transformers, ...more } = (typeof step === 'object' && step !== null ? step : {}) as Record<
    string,
    unknown
  >;
  const other = Object.keys(more)[0];
  if (other !== undefined) {
    throw syntaxError(
      'a step of PREPROCESSORS has an unknown member',
      position,
      knownWords(other, ['ColumnSet', 'Transformers']),
    );
  }
  if (!isList(ColumnSet) || !isList(Transformers)) {
    throw syntaxError('a step of PREPROCESSORS needs ColumnSet and Transformers', position, FORM);
  }
  return { columnSet: ColumnSet, transformers: Transformers.map((name) => transformer(name, position)) };
}

const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'string' && item !== '');

function transformer(name: string, position: number): string {
  const known = TRANSFORMERS.find((one) => one.toLowerCase() === name.toLowerCase());
  if (known !== undefined) return known;
  throw invalidValue('PREPROCESSORS names an unknown transformer', position, knownWords(name, TRANSFORMERS));
}

/** @throws StatementError where a model takes only some transformers */
export function checkTransformers({ steps, position }: WrittenPreprocessors, allowed: readonly string[]): void {
  const other = steps?.flatMap(({ transformers }) => transformers).find((name) => !allowed.includes(name));
  if (other === undefined) return;
  throw invalidValue(`MODEL_TYPE KMEANS takes no transformer ${other}`, position, `Known here: ${allowed.join(', ')}.`);
}
