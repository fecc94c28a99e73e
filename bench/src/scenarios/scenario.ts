import type { ComprehendClient } from '@aws-sdk/client-comprehend';
import type { SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import type pg from 'pg';
import type { Pool } from 'pg-aws-ml';

/** What a contestant may use; each is made on first use, so that nobody pays for what another needs. */
export interface Tools {
  /** The project's Pool. */
  readonly pool: Pool;
  /** Plain pg. */
  readonly pg: pg.Pool;
  /** Plain SDK clients with keep-alive connections for 64 requests at once. */
  readonly comprehend: ComprehendClient;
  readonly sagemaker: SageMakerRuntimeClient;
}

/** What came out; equal for contestants that did the same work. */
export interface Outcome {
  readonly rows: number;
  readonly checksum: number;
}

/** Does the task over the given tables. */
export type Contestant = (tools: Tools, tables: Tables) => Promise<Outcome>;

export interface Tables {
  readonly reviews: string;
  readonly readings: string;
  readonly rows: number;
}

/** `plpython`: one that runs PL/Python functions with boto3, where the machine has it. */
export type ServerKind = 'embedded' | 'plpython';

export interface Scenario {
  readonly name: string;
  readonly title: string;
  /** Contestants by name. Ratios are those of `pool` to each of the others. */
  readonly contestants: Readonly<Record<string, Contestant>>;
  /** Of the rows that the command line asks for, the share that the scenario needs. Default 1. */
  readonly share?: number;
  /** Contestants that get a sample of this many rows: they would take hours. Compared by rows a second. */
  readonly sampled?: Readonly<Record<string, number>>;
  /** Whether the reviews' texts are each there twice. */
  readonly repeats?: boolean;
  /** The server that the contestants work on. Default `embedded`. */
  readonly server?: ServerKind;
  /** What the scenario needs in the database beside the tables. */
  readonly prepare?: (database: pg.Client, serviceUrl: string) => Promise<void>;
  /** Contestants whose work is done in the server, so that CPU and memory of their client say nothing. */
  readonly onServer?: readonly string[];
}

const classOrder = ['POSITIVE', 'NEGATIVE', 'NEUTRAL', 'MIXED'];

/** Depends on every row and on nothing but the rows. */
export function checksumOf(id: number, sentiment: string | null): number {
  return (id * (classOrder.indexOf(sentiment ?? '') + 2)) % 1_000_003;
}
