import type { ServiceName } from 'aws-ml-local';

/** Who runs a statement: the superuser that owns the database, or an ordinary role. */
export type Role = 'owner' | 'tenant';

/** A statement of the reference and what it answers. Whatever is left out is not looked at. */
export interface ReferenceStatement {
  /** What the statement shows, as the title of its test. */
  readonly shows: string;
  readonly sql: string;
  /** Default: the owner. */
  readonly as?: Role;
  readonly values?: readonly unknown[];
  /** As pg reports it, for instance `UPDATE`. */
  readonly command?: string;
  readonly rowCount?: number;
  /** Result columns, each as its name and its SQL type, in order. */
  readonly columns?: readonly string[];
  /** The rows in order, each as an array of its columns. */
  readonly rows?: readonly (readonly unknown[])[];
  /** Lines that the plan of an EXPLAIN holds, in this order; others may stand between. */
  readonly plan?: readonly RegExp[];
  readonly notices?: readonly string[];
  readonly fails?: { readonly code: string; readonly message: string };
  /** Requests to the services, by service; a service that is not named gets none. Default: none at all. */
  readonly requests?: Partial<Record<ServiceName, number>>;
  /** Statements that must have run before, for instance to make the tables. They call no service. */
  readonly given?: readonly string[];
  /** Not answered yet. */
  readonly todo?: true;
}

/** Statements on one subject, on tables of their own. */
export interface ReferenceSection {
  readonly subject: string;
  readonly statements: readonly ReferenceStatement[];
}
