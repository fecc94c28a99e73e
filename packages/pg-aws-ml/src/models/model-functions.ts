import { internalSchema } from '../stubs/names.js';
import { quoteIdentifier, quoteLiteral } from '../stubs/quote.js';
import { isAutopilot, type ModelColumn, type ModelSpec, type TrainingSpec } from './model-spec.js';

/** Where a body of a model's function says which model it is of: it calls `model_endpoint('<id>')`. */
export const modelBodyMark = `${internalSchema}.model_endpoint(`;

/**
 * The functions of models: wrappers over invoke_endpoint. They run with their owner's rights: who may use the model needs no right on
 * the service. Every name in them is qualified.
 */
const ATTRIBUTES = 'LANGUAGE sql VOLATILE PARALLEL SAFE SECURITY DEFINER COST 5000';

export interface FunctionArgument extends ModelColumn {
  /** SQL of its default; an argument without one is required. */
  readonly default?: string;
}

export interface ModelFunction {
  readonly schema: string;
  readonly name: string;
  readonly arguments: readonly FunctionArgument[];
  readonly returns: string;
  readonly body: string;
}

export function createFunctionSql({ schema, name, arguments: args, returns, body }: ModelFunction): string {
  const parameters = args.map((argument) => {
    const named = argument.name === '' ? '' : `${quoteIdentifier(argument.name)} `;
    return `${named}${argument.type}${argument.default === undefined ? '' : ` DEFAULT ${argument.default}`}`;
  });
  return `CREATE FUNCTION ${quoteIdentifier(schema)}.${quoteIdentifier(name)}(${parameters.join(', ')}) RETURNS ${returns} ${ATTRIBUTES}
AS ${quoteLiteral(body)}`;
}

/** As to_regprocedure reads it, whatever the search path. */
export const signatureOf = ({ schema, name, arguments: args }: ModelFunction): string =>
  `${quoteIdentifier(schema)}.${quoteIdentifier(name)}(${args.map(({ type }) => type).join(', ')})`;

/** The call of the endpoint that the functions of a model share: equal for equal arguments, so it is made once. */
export function endpointCall(endpoint: string, spec: ModelSpec, rowsPerBatch = 'NULL'): string {
  const inputs = spec.features.map(({ type }, i) => modelInput(`$${i + 1}`, type, isNumbersOnly(spec)));
  return `aws_sagemaker.invoke_endpoint(${[endpoint, rowsPerBatch, ...inputs].join(', ')})`;
}

/** Built-in algorithms read nothing but numbers. */
const isNumbersOnly = (spec: ModelSpec): boolean => spec.training !== undefined && !isAutopilot(spec);

/** A column as the model is to see it, in the training data and in calls alike, whatever the session's time zone and DateStyle. */
export function modelInput(expression: string, type: string, numbersOnly: boolean): string {
  switch (type) {
    case 'pg_catalog.bool':
      return numbersOnly ? `${expression}::pg_catalog.int4` : expression;
    case 'pg_catalog.date':
      return `pg_catalog.to_char(${expression}::pg_catalog.timestamp, 'YYYY-MM-DD')`;
    case 'pg_catalog.timestamp':
      return `pg_catalog.to_char(${expression}, '${MOMENT}')`;
    case 'pg_catalog.timestamptz':
      return `pg_catalog.to_char(pg_catalog.timezone('UTC', ${expression}), '${MOMENT}')`;
    default:
      return expression;
  }
}

/** OIDs of date, timestamp and timestamptz: the model sees them as texts. */
const MOMENTS: ReadonlySet<number> = new Set([1082, 1114, 1184]);
const TEXT = 25;

/** The type that a column has as `modelInput` gives it, both as OIDs. */
export const modelInputType = (type: number): number => (MOMENTS.has(type) ? TEXT : type);

const MOMENT = 'YYYY-MM-DD HH24:MI:SS.US';

/** The body of the function that predicts, over the model with an id. */
export function predictionBody(id: string, spec: ModelSpec): string {
  const call = endpointCall(`${modelBodyMark}${quoteLiteral(id)})`, spec);
  return `SELECT ${predicted(call, spec, spec.training as TrainingSpec)}`;
}

export function probabilitiesBody(id: string, spec: ModelSpec): string {
  const call = endpointCall(`${modelBodyMark}${quoteLiteral(id)})`, spec);
  return `SELECT ${internalSchema}.model_probabilities(${call})`;
}

function predicted(call: string, { kind }: ModelSpec, training: TrainingSpec): string {
  const { target, problemType, labels, objective } = training;
  if (kind === 'kmeans') return `${internalSchema}.model_number(${call}, 'closest_cluster')::pg_catalog.int4`;
  const type = target?.type ?? 'pg_catalog.text';
  if (kind === 'auto' || kind === 'mlp') {
    if (problemType !== 'Regression') return asLabel(`(${call}::${internalSchema}.prediction).predicted_label`, type);
    return asNumber(`${internalSchema}.model_number(${call}, 'score')`, type);
  }
  const field = kind === 'linear_learner' && problemType !== 'Regression' ? 'predicted_label' : 'score';
  const number = `${internalSchema}.model_number(${call}, '${field}')`;
  if (labels === undefined) return asNumber(number, type);
  const index = objective === 'binary:logistic' ? `pg_catalog.round(${number}::pg_catalog.numeric)` : number;
  const list = `ARRAY[${labels.map(quoteLiteral).join(', ')}]`;
  return `(${isText(type) ? list : `${list}::${type}[]`})[pg_catalog.int4pl(1, ${index}::pg_catalog.int4)]`;
}

const integers: ReadonlySet<string> = new Set(['pg_catalog.int2', 'pg_catalog.int4', 'pg_catalog.int8']);

/** What is a text already: the server makes it the type of the result. */
export const isText = (type: string): boolean =>
  ['pg_catalog.text', 'pg_catalog.varchar', 'pg_catalog.bpchar'].includes(type);

/** A whole number may come with decimals. */
function asLabel(answer: string, type: string): string {
  if (isText(type)) return answer;
  return `${integers.has(type) ? `${answer}::pg_catalog.numeric` : answer}::${type}`;
}

const asNumber = (answer: string, type: string): string =>
  type === 'pg_catalog.float8' ? answer : `${answer}::${type}`;
