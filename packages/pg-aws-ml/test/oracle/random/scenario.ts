import type { Faults, ServiceName } from 'aws-ml-local';
import fc, { type Arbitrary } from 'fast-check';

/** One text that an application sends. */
export interface Step {
  readonly sql: string;
  /** Whether the order of its rows is defined. */
  readonly ordered?: boolean;
  readonly values?: readonly unknown[];
  /** What the client sends, for `COPY … FROM STDIN`; `''` reads what `COPY … TO STDOUT` gives. */
  readonly copied?: string;
}

/** What an application does in one session, one step after the other, whatever errors it gets. */
export interface Scenario {
  readonly steps: readonly Step[];
  /** Whether it writes to the tables of `writable.sql`. */
  readonly writes: boolean;
  /** Takes away what else it made. */
  readonly clean?: string;
  readonly service?: Service;
}

/** How the services behave, and what becomes of a call that fails. */
export interface Service {
  /** What native evaluation shows nothing of, but for `denies`. */
  readonly faults?: Faults;
  /** The service that answers nobody. */
  readonly denies?: ServiceName;
  /** A failed call is NULL, not an error. */
  readonly onError?: 'null';
}

/** Scenarios of one topic. */
export interface Topic {
  readonly name: string;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  readonly scenarios: Arbitrary<Scenario>;
}

export const step = (sql: string, options: Omit<Step, 'sql'> = {}): Step => ({ sql, ...options });

export const ordered = (sql: string): Step => ({ sql, ordered: true });

/** In a transaction block, which COMMIT or ROLLBACK ends. */
export const inBlock = (steps: readonly Step[], end: 'COMMIT' | 'ROLLBACK'): Step[] => [
  step('BEGIN'),
  ...steps,
  step(end),
];

export const pick = fc.constantFrom;
