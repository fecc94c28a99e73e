/**
 * The ML functions of `aws_ml`: names, parameters, results and the service behind each.
 * The one table that both the planner and the services read.
 * Source: "Using Amazon Aurora machine learning with Aurora PostgreSQL", function reference.
 */

/** Qualified name of an ML function. */
export type MlFunctionName =
  | 'aws_comprehend.detect_sentiment'
  | 'aws_sagemaker.invoke_endpoint'
  | 'aws_bedrock.invoke_model'
  | 'aws_bedrock.invoke_model_get_embeddings';

/** An input parameter. `any` stands for the VARIADIC "any" of invoke_endpoint. */
export interface MlParameter {
  readonly name: string;
  readonly type: 'varchar' | 'text' | 'int4' | 'any';
  /** SQL text of the default, absent where an argument is required. */
  readonly default?: string;
  readonly variadic?: true;
}

/** An OUT parameter. */
export interface MlResultColumn {
  readonly name: string;
  readonly type: 'varchar' | 'float4' | 'float8[]';
}

export interface MlFunction {
  readonly qualifiedName: MlFunctionName;
  readonly schema: 'aws_comprehend' | 'aws_sagemaker' | 'aws_bedrock';
  readonly name: string;
  readonly service: 'comprehend' | 'sagemaker' | 'bedrock';
  readonly parameters: readonly MlParameter[];
  readonly results: readonly MlResultColumn[];
  /** The parameter that decides which inputs may travel together, from 0: endpoint, model or language. */
  readonly targetPosition: number;
  /** The version of the extension that introduced it. */
  readonly since: '1.0' | '2.0';
  /** Most rows that one request to the service can carry; Infinity where only its size is bounded. */
  readonly maxRowsPerRequest: number;
}

export const mlFunctions: readonly MlFunction[] = [
  {
    qualifiedName: 'aws_comprehend.detect_sentiment',
    schema: 'aws_comprehend',
    name: 'detect_sentiment',
    service: 'comprehend',
    parameters: [
      { name: 'input_text', type: 'varchar' },
      { name: 'language_code', type: 'varchar' },
      { name: 'max_rows_per_batch', type: 'int4', default: 'NULL' },
    ],
    results: [
      { name: 'sentiment', type: 'varchar' },
      { name: 'confidence', type: 'float4' },
    ],
    targetPosition: 1,
    since: '1.0',
    maxRowsPerRequest: 25,
  },
  {
    qualifiedName: 'aws_sagemaker.invoke_endpoint',
    schema: 'aws_sagemaker',
    name: 'invoke_endpoint',
    service: 'sagemaker',
    parameters: [
      { name: 'endpoint_name', type: 'varchar' },
      { name: 'max_rows_per_batch', type: 'int4' },
      { name: 'model_input', type: 'any', variadic: true },
    ],
    results: [{ name: 'model_output', type: 'varchar' }],
    targetPosition: 0,
    since: '1.0',
    maxRowsPerRequest: Number.POSITIVE_INFINITY,
  },
  {
    qualifiedName: 'aws_bedrock.invoke_model',
    schema: 'aws_bedrock',
    name: 'invoke_model',
    service: 'bedrock',
    parameters: [
      { name: 'model_id', type: 'varchar' },
      { name: 'content_type', type: 'text' },
      { name: 'accept_type', type: 'text' },
      { name: 'model_input', type: 'text' },
    ],
    results: [{ name: 'model_output', type: 'varchar' }],
    targetPosition: 0,
    since: '2.0',
    maxRowsPerRequest: 1,
  },
  {
    qualifiedName: 'aws_bedrock.invoke_model_get_embeddings',
    schema: 'aws_bedrock',
    name: 'invoke_model_get_embeddings',
    service: 'bedrock',
    parameters: [
      { name: 'model_id', type: 'varchar' },
      { name: 'content_type', type: 'text' },
      { name: 'json_key', type: 'text' },
      { name: 'model_input', type: 'text' },
    ],
    results: [{ name: 'model_output', type: 'float8[]' }],
    targetPosition: 0,
    since: '2.0',
    maxRowsPerRequest: 1,
  },
];

/** By qualified name. */
export const mlFunctionsByName: ReadonlyMap<string, MlFunction> = new Map(mlFunctions.map((f) => [f.qualifiedName, f]));
