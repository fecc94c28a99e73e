import type { EndpointAnswer, EndpointRequest } from '../services/backend.js';

/** One row's prediction: a value, or the fields of a CSV row. */
export type Prediction = string | number | ReadonlyArray<string | number>;

/** How the predictions of a text/csv answer are laid out; real containers do either. */
export type AnswerLayout = 'lines' | 'comma-separated';

export interface PredictEndpoint {
  /** Computes the prediction for a row. Rows come in order, one after the other within a request. */
  readonly predict: (fields: string[]) => Prediction | Promise<Prediction>;
  readonly layout?: AnswerLayout;
}

/** Recorded answers. */
export interface TableEndpoint {
  /**
   * Predictions by CSV line, or the path of a CSV file with a header line. Fields that are numbers are compared as
   * numbers (`10844` finds `10844.0`).
   */
  readonly table: string | Readonly<Record<string, Prediction>>;
  /** Of a file: the columns a row is looked up by, in the order they are sent. Default: all that are not outputs. */
  readonly inputs?: readonly string[];
  /** Of a file: the columns that are the answer. Default: the last. */
  readonly outputs?: readonly string[];
  /** The answer for rows that are not in the table. Default: the request fails with a ModelError. */
  readonly default?: Prediction;
  readonly layout?: AnswerLayout;
}

/** A model container elsewhere, by SageMaker's contract: POST /invocations, GET /ping. */
export interface ProxyEndpoint {
  /** The full URL, e.g. `http://127.0.0.1:8080/invocations`. */
  readonly proxy: string;
}

/** A random cut forest: the larger the score, the more of an outlier is the row. */
export interface RandomCutForestEndpoint {
  readonly builtIn: 'random-cut-forest';
  /**
   * Rows to learn from, or the path of a CSV file of them: scores then depend on the row alone. Without, the forest
   * learns from the rows it is asked about, in order of arrival.
   */
  readonly train?: string | ReadonlyArray<readonly number[]>;
  /** Of a file: its columns to learn from. Default: all that hold numbers. */
  readonly columns?: readonly string[];
  /** Default 50. */
  readonly trees?: number;
  /** Rows a tree holds. Default 256. */
  readonly samples?: number;
  readonly layout?: AnswerLayout;
}

export interface SimpleEndpoint {
  readonly builtIn: 'sum' | 'echo';
  readonly layout?: AnswerLayout;
}

export type BuiltInEndpoint = SimpleEndpoint | RandomCutForestEndpoint;

/** A SageMaker endpoint; a string is a built-in without options. */
export type EndpointConfig =
  | PredictEndpoint
  | TableEndpoint
  | ProxyEndpoint
  | BuiltInEndpoint
  | BuiltInEndpoint['builtIn'];

/** Answers the requests to one endpoint. */
export type Endpoint = (request: EndpointRequest) => Promise<EndpointAnswer>;

/** Where an endpoint's files are and what its random numbers start from. */
export interface EndpointContext {
  readonly name: string;
  readonly baseDirectory: string;
  readonly seed: number;
}
