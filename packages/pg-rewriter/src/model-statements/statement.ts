import type { ObjectName, TextPart } from '../tokens/token-reader.js';

/** Redshift ML's statements, as they are meant: in what is written case, order and defaults are resolved. */
export type ModelStatement =
  | CreateModel
  | CreateExternalModel
  | ExplainCreateModel
  | ShowModel
  | ShowAllModels
  | DropModel
  | ModelPrivileges;

/** Trained here, or brought along: an endpoint that runs, or an artefact. */
export type CreateModel = TrainModel | RemoteModel | ImportModel;

interface NewModel {
  readonly name: ObjectName;
  readonly function: ObjectName;
  /** The ARN of a role; undefined for `default`. */
  readonly iamRole: string | undefined;
}

export interface TrainModel extends NewModel {
  readonly kind: 'train model';
  readonly source: TrainingSource;
  /** The column to predict; undefined for KMEANS alone. */
  readonly target: ColumnName | undefined;
  /** Whether the service chooses algorithm and hyperparameters. */
  readonly auto: boolean;
  /** Undefined where the service chooses; with `auto`, a restriction of its choice. */
  readonly modelType: ModelType | undefined;
  readonly problemType: ProblemType | undefined;
  /** As the service spells it. */
  readonly objective: string | undefined;
  /** Undefined for `none`, and where none are given. */
  readonly preprocessors: readonly PreprocessorStep[] | undefined;
  /** Those that are not left at their defaults, by the service's names, in the order of the text. */
  readonly hyperparameters: ReadonlyMap<string, string>;
  readonly settings: TrainingSettings;
}

export type TrainingSource =
  | { readonly kind: 'table'; readonly table: ObjectName }
  /** What stands between the parentheses. */
  | ({ readonly kind: 'query' } & TextPart);

export interface ColumnName {
  readonly name: string;
  /** In characters of the text, from 1. */
  readonly position: number;
}

export type ModelType = 'xgboost' | 'linear_learner' | 'mlp' | 'kmeans';
export type ProblemType = 'regression' | 'binary_classification' | 'multiclass_classification';

export interface PreprocessorStep {
  /** Names of columns; `*` stands for all. */
  readonly columnSet: readonly string[];
  readonly transformers: readonly string[];
}

export interface TrainingSettings {
  readonly bucket: string;
  readonly tags: readonly ModelTag[];
  readonly kmsKeyId: string | undefined;
  /** Whether the training data are deleted from the bucket afterwards. Default: true. */
  readonly garbageCollect: boolean;
  /** Rows times columns that are exported at most. Default: 1,000,000. */
  readonly maxCells: number;
  /** Seconds that training may take. Default: 5,400. */
  readonly maxRuntime: number;
}

export interface ModelTag {
  readonly key: string;
  readonly value: string;
}

/** An endpoint that is there. */
export interface RemoteModel extends NewModel {
  readonly kind: 'remote model';
  readonly endpoint: string;
  /** Of an endpoint for several models: which of them. */
  readonly endpointModel: string | undefined;
  readonly argumentTypes: readonly TypeName[];
  readonly returns: TypeName;
  readonly settings: RemoteSettings;
}

export interface RemoteSettings {
  /** Rows in a request; undefined for as many as fit. */
  readonly maxBatchRows: number | undefined;
}

/** An artefact of a training job, which Redshift would run itself. */
export interface ImportModel extends NewModel {
  readonly kind: 'import model';
  readonly source: { readonly kind: 'job'; readonly job: string } | { readonly kind: 's3'; readonly uri: string };
  readonly argumentTypes: readonly TypeName[];
  readonly returns: TypeName;
  readonly settings: { readonly bucket: string };
}

/** A type, for the server to look up. */
export interface TypeName {
  /** In PostgreSQL's spelling: Redshift's names are replaced. */
  readonly text: string;
  /** Whether it was written as SUPER, which becomes jsonb. */
  readonly isSuper: boolean;
  readonly position: number;
}

export interface CreateExternalModel extends NewModel {
  readonly kind: 'external model';
  /** Bedrock's name of the model. */
  readonly modelId: string;
  /** What stands before and behind every input: only for `unified` requests. */
  readonly prompt: string | undefined;
  readonly suffix: string | undefined;
  /** `unified` goes through Converse, `raw` through InvokeModel. */
  readonly requestType: 'raw' | 'unified';
  readonly responseType: 'varchar' | 'super';
}

/** What CREATE MODEL would do: nothing is sent. */
export interface ExplainCreateModel {
  readonly kind: 'explain model';
  readonly options: readonly ExplainOption[];
  readonly statement: CreateModel | CreateExternalModel;
}

export interface ExplainOption {
  /** In lower case. */
  readonly name: string;
  /** In lower case; undefined where none is given. */
  readonly value: string | undefined;
}

export interface ShowModel {
  readonly kind: 'show model';
  readonly name: ObjectName;
}

export interface ShowAllModels {
  readonly kind: 'show all models';
}

export interface DropModel {
  readonly kind: 'drop model';
  readonly name: ObjectName;
  readonly ifExists: boolean;
}

/** GRANT and REVOKE. */
export interface ModelPrivileges {
  readonly kind: 'model privileges';
  readonly action: 'grant' | 'revoke';
  /** The right to create models, or to use those that are named. */
  readonly privilege:
    | { readonly kind: 'create' }
    | { readonly kind: 'execute'; readonly models: readonly ObjectName[] };
  /** REVOKE GRANT OPTION FOR. */
  readonly grantOptionOnly: boolean;
  readonly grantees: readonly Grantee[];
}

export interface Grantee {
  /** PostgreSQL has roles for users and groups alike. */
  readonly kind: 'user' | 'role' | 'group' | 'public';
  /** Empty for `public`. */
  readonly name: string;
  readonly position: number;
  /** WITH GRANT OPTION. */
  readonly grantOption: boolean;
}
