export const mlFunctionNames = [
  'aws_comprehend.detect_sentiment',
  'aws_sagemaker.invoke_endpoint',
  'aws_bedrock.invoke_model',
  'aws_bedrock.invoke_model_get_embeddings',
] as const;

/** Qualified name of an ML function. */
export type MlFunctionName = (typeof mlFunctionNames)[number];

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
  /** Names in OpenTelemetry's conventions: the service, and for a generative model what is asked of it. */
  readonly telemetry: { readonly service: string; readonly generativeOperation?: string };
}
