import { featureNotSupported } from './database-error.js';
import type { ServerMessage } from './protocol-connection.js';
import type { AnswerRow, FieldDescription, RawResult, TransactionStatus } from './server-connection.js';

/** What the server has answered so far to the requests of one exchange. */
export interface Answer {
  parameterTypes: readonly number[];
  fields: readonly FieldDescription[] | null;
  rows: AnswerRow[];
  commandTag: string;
  /** Results before the current one: only the simple protocol gives several. */
  results: RawResult<AnswerRow>[];
  transactionStatus: TransactionStatus;
  error: unknown;
}

/** Requests that are answered together, up to and including a last message. */
export interface Exchange {
  /** Takes a message of the answer; true when it was the last. */
  take(message: ServerMessage): boolean;
  reject(error: unknown): void;
  /** The server answers ReadyForQuery whatever happens: an error ends the window before it, not this exchange. */
  readonly endsWindow: boolean;
}

export interface PendingExchange<Result> extends Exchange {
  readonly answered: Promise<Result>;
}

/**
 * Expects one of the `last` messages and resolves with what `result` makes of the answer.
 *
 * @param frames whether rows are kept as the messages that the server sent
 */
export function expectAnswer<Result>(
  last: ReadonlySet<string>,
  result: (answer: Answer, last: string) => Result,
  frames = false,
): PendingExchange<Result> {
  const answer: Answer = {
    parameterTypes: [],
    fields: null,
    rows: [],
    commandTag: '',
    results: [],
    transactionStatus: 'I',
    error: undefined,
  };
  let resolve: (value: Result) => void;
  let reject: (error: unknown) => void;
  const answered = new Promise<Result>((onResult, onError) => {
    resolve = onResult;
    reject = onError;
  });
  // A caller that sends several requests at once and awaits the first may never look at the others.
  answered.catch(() => {});
  const endsWindow = last.has('readyForQuery');
  return {
    answered,
    endsWindow,
    take(message) {
      if (message.name === 'dataRow') answer.rows.push((frames ? message.frame : message.fields) as AnswerRow);
      else collect(answer, message, endsWindow);
      if (!last.has(message.name)) return false;
      if (answer.error === undefined) resolve(result(answer, message.name));
      else reject(answer.error);
      return true;
    },
    reject: (error) => reject(error),
  };
}

function collect(answer: Answer, message: ServerMessage, severalResults: boolean): void {
  switch (message.name) {
    case 'rowDescription':
      answer.fields = message.fields as FieldDescription[];
      break;
    case 'parameterDescription':
      // pg-protocol read the OIDs as signed integers once.
      answer.parameterTypes = (message.dataTypeIDs as number[]).map((oid) => oid >>> 0);
      break;
    case 'commandComplete':
    case 'emptyQuery':
      answer.commandTag = (message.text as string | undefined) ?? '';
      if (severalResults) startNextResult(answer);
      break;
    case 'copyOutResponse':
      // Its rows come as COPY data, which has no place in a result: no answer rather than a wrong one.
      answer.error ??= featureNotSupported('COPY TO STDOUT has no rows to return here');
      break;
    case 'error':
      answer.error ??= message;
      break;
    case 'readyForQuery':
      answer.transactionStatus = message.status as TransactionStatus;
      break;
  }
}

function startNextResult(answer: Answer): void {
  answer.results.push({ fields: answer.fields, rows: answer.rows, commandTag: answer.commandTag });
  answer.fields = null;
  answer.rows = [];
  answer.commandTag = '';
}
