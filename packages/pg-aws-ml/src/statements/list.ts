import type { StatementContext } from '../pool-state/statement-context.js';
import { blockBoundary } from './block-boundary.js';
import { copyFrom } from './copy-from.js';
import { copyTo } from './copy-to.js';
import { deferredTriggers } from './deferred-triggers.js';
import { definition } from './definition.js';
import { execute } from './execute.js';
import { explain } from './explain.js';
import { extension } from './extension/extension.js';
import { fetch } from './fetch.js';
import { modelNames } from './models/model-names.js';
import { models } from './models/models.js';
import { navigation } from './navigation.js';
import { prepare } from './prepare.js';
import { query } from './query.js';
import { refused } from './refused.js';
import { regproc } from './regproc.js';
import { setting } from './setting.js';
import { standingAlone } from './standing-alone.js';
import type { StatementKind, StatementRequest, TextKind } from './statement-handler.js';
import { transfer } from './transfer.js';

/** A kind of statement, and why it has its place in the list: the first that claims a statement answers it. */
export interface ListedKind<Context> {
  readonly kind: StatementKind<Context>;
  readonly why: string;
}

/** Kinds that PostgreSQL's grammar refuses: asked in this order, but of no text that it knows. */
export const textKinds: readonly TextKind[] = [models];

/** Kinds that are answered before the session is looked at, in databases without the extension as well. */
export const sessionlessKinds: readonly ListedKind<StatementRequest>[] = [
  { kind: extension, why: 'installs what all others need' },
  { kind: setting, why: "the server refuses a parameter that it doesn't know" },
  { kind: blockBoundary, why: 'BEGIN and COMMIT are many: they cost no look at the session' },
];

/** Kinds of a database that has aws_s3 without aws_ml. */
export const transferKinds: readonly ListedKind<StatementContext>[] = [
  { kind: execute, why: 'the query is in the session, not in the text' },
  { kind: transfer, why: 'all others are for the server' },
];

/** Kinds that only a database with aws_ml has. */
export const statementKinds: readonly ListedKind<StatementContext>[] = [
  { kind: navigation, why: 'what it says is none of SQL: all others see what it means' },
  { kind: deferredTriggers, why: 'the end of a block is no statement that runs again' },
  { kind: modelNames, why: 'its names are written otherwise for all that follow' },
  { kind: explain, why: 'what it explains is not run as itself' },
  { kind: standingAlone, why: 'the server takes it only as it is, and first of all' },
  { kind: prepare, why: 'the server gives its parameters types that are ours' },
  { kind: definition, why: 'evaluates nothing but over rows that are there: what follows always does' },
  { kind: regproc, why: 'a name that is looked up is no call, though it stands in a query' },
  { kind: copyTo, why: 'the rows go past us' },
  { kind: copyFrom, why: 'the rows come past us' },
  { kind: refused, why: "the server's own error says best what is wrong: nothing may be planned before" },
  { kind: transfer, why: 'its calls move data, and nothing else may run on the connection meanwhile' },
  { kind: fetch, why: 'the query is that of the cursor, and fetching moves it: it runs once' },
  { kind: execute, why: 'the query is in the session, not in the text' },
  { kind: query, why: 'takes everything that is left' },
];
