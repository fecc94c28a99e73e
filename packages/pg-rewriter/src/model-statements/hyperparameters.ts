import { knownWords } from '../tokens/nearest.js';
import { invalidValue, syntaxError } from '../tokens/syntax-error.js';
import type { TokenReader } from '../tokens/token-reader.js';
import type { ModelType } from './statement.js';

/** A number within bounds, `whole` or not; or one of some words. */
type Rule =
  | { readonly least: number; readonly most: number; readonly whole?: true; readonly above?: true }
  | { readonly words: readonly string[] }
  | 'text';

const from = (least: number, most: number): Rule => ({ least, most });
const above = (least: number, most: number): Rule => ({ least, most, above: true });
const whole = (least: number, most = 2 ** 31 - 1): Rule => ({ least, most, whole: true });
const oneOf = (...words: readonly string[]): Rule => ({ words });

/** https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_MODEL.html and SageMaker's pages of the algorithms. */
const KNOWN: Readonly<Record<ModelType, Readonly<Record<string, Rule>>>> = {
  xgboost: {
    num_class: whole(2, 1_000_000),
    num_round: whole(1, 4000),
    tree_method: oneOf('auto', 'exact', 'approx', 'hist'),
    max_depth: whole(0, 10),
    min_child_weight: from(0, 120),
    subsample: from(0.5, 1),
    gamma: from(0, 5),
    alpha: from(0, 1000),
    eta: from(0.1, 0.5),
    colsample_bylevel: from(0.1, 1),
    colsample_bynode: from(0.1, 1),
    colsample_bytree: from(0.5, 1),
    lambda: from(0, 1000),
    max_delta_step: from(0, 10),
  },
  linear_learner: {
    num_classes: whole(3, 1_000_000),
    epochs: whole(1),
    mini_batch_size: whole(1),
    learning_rate: above(0, 1000),
    l1: from(0, 1_000_000),
    wd: from(0, 1_000_000),
    loss: oneOf(
      'auto',
      'logistic',
      'squared_loss',
      'absolute_loss',
      'hinge_loss',
      'eps_insensitive_squared_loss',
      'eps_insensitive_absolute_loss',
      'quantile_loss',
      'huber_loss',
      'softmax_loss',
    ),
    optimizer: oneOf('auto', 'sgd', 'adam', 'rmsprop'),
    num_models: whole(1),
    use_bias: oneOf('true', 'false'),
    normalize_data: oneOf('auto', 'true', 'false'),
    normalize_label: oneOf('auto', 'true', 'false'),
    early_stopping_patience: whole(1),
    early_stopping_tolerance: from(0, 1_000_000),
    positive_example_weight_mult: 'text',
    target_precision: from(0, 1),
    target_recall: from(0, 1),
  },
  mlp: {
    epochs: whole(1),
    learning_rate: above(0, 1000),
    mini_batch_size: whole(1),
    hidden_units: whole(1, 65_536),
    layers: whole(1, 64),
    weight_decay: from(0, 1_000_000),
    dropout: from(0, 1),
  },
  kmeans: {
    k: whole(2, 1_000_000),
    epochs: whole(1),
    mini_batch_size: whole(1),
    extra_center_factor: 'text',
    init_method: oneOf('random', 'kmeans++'),
    half_life_time_size: whole(0),
    local_lloyd_init_method: oneOf('random', 'kmeans++'),
    local_lloyd_max_iter: whole(1),
    local_lloyd_num_trials: 'text',
    local_lloyd_tol: from(0, 1),
    eval_metrics: 'text',
  },
};

/** Where a hyperparameter and its value stand. */
export interface WrittenHyperparameter {
  readonly name: string;
  readonly value: string;
  readonly namePosition: number;
  readonly valuePosition: number;
}

/** Behind HYPERPARAMETERS: `DEFAULT [EXCEPT ( name 'value', … )]`. */
export function readHyperparameters(reader: TokenReader): WrittenHyperparameter[] {
  reader.expect('default', "Write HYPERPARAMETERS DEFAULT, or HYPERPARAMETERS DEFAULT EXCEPT (name 'value').");
  if (!reader.accept('except')) return [];
  reader.expectSymbol('(', "Write EXCEPT (name 'value').");
  const written = reader.list(() => {
    const namePosition = reader.peek().position;
    const name = reader.identifier('the name of a hyperparameter').toLowerCase();
    const { kind, position } = reader.peek();
    if (kind !== 'string' && kind !== 'number') throw reader.unexpected('Expected a value in single quotes.');
    return { name, value: reader.take().value, namePosition, valuePosition: position };
  });
  reader.expectSymbol(')', 'Expected "," or ")".');
  return written;
}

/** The hyperparameters of a type of model, if all of them are known, and none is out of bounds. */
export function checkHyperparameters(type: ModelType, written: readonly WrittenHyperparameter[]): Map<string, string> {
  const known = KNOWN[type];
  const values = new Map<string, string>();
  for (const { name, value, namePosition, valuePosition } of written) {
    const rule = Object.hasOwn(known, name) ? known[name] : undefined;
    if (rule === undefined) {
      const hint = name === 'feature_dim' ? 'It is counted: leave it out.' : knownWords(name, Object.keys(known));
      throw syntaxError(`${type.toUpperCase()} has no hyperparameter "${name}"`, namePosition, hint);
    }
    if (values.has(name)) {
      throw syntaxError(`hyperparameter "${name}" is given twice`, namePosition, 'Leave one of them out.');
    }
    const problem = problemOf(rule, value.trim());
    if (problem !== undefined) throw invalidValue(`hyperparameter "${name}" must be ${problem}`, valuePosition);
    values.set(name, value.trim());
  }
  return values;
}

/** What a value must be, where it isn't. */
function problemOf(rule: Rule, value: string): string | undefined {
  if (rule === 'text') return value === '' ? 'given' : undefined;
  if ('words' in rule) return rule.words.includes(value) ? undefined : `one of ${rule.words.join(', ')}`;
  const isNumber = /^[-+]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:e[-+]?\d{1,3})?$/i.test(value);
  const number = isNumber ? Number(value) : Number.NaN;
  const within = (rule.above ? number > rule.least : number >= rule.least) && number <= rule.most;
  if (within && (rule.whole !== true || /^\+?\d+$/.test(value))) return undefined;
  const kind = rule.whole ? 'a whole number' : 'a number';
  return rule.above
    ? `${kind} above ${rule.least} and up to ${rule.most}`
    : `${kind} from ${rule.least} to ${rule.most}`;
}
