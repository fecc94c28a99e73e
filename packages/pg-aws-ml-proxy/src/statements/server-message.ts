import type { ServerMessage } from 'pg-aws-ml/session';
import {
  readCommandComplete,
  readDataRow,
  readParameterDescription,
  readRowDescription,
} from '../protocol/backend-messages.js';
import { backend, HEADER_BYTES } from '../protocol/message-types.js';
import { readServerError } from './diagnostics.js';

/** A message of the server in the terms in which the engine reads it, and the event that carries it. */
export interface ServerEvent {
  readonly event: string;
  readonly message: ServerMessage;
}

/** Undefined for messages that belong to no statement. */
export function serverEvent(type: number, frame: Buffer): ServerEvent | undefined {
  switch (type) {
    case backend.dataRow:
      return { event: 'dataRow', message: new DataRow(frame) };
    case backend.parseComplete:
      return plain.parseComplete;
    case backend.bindComplete:
      return plain.bindComplete;
    case backend.closeComplete:
      return plain.closeComplete;
    case backend.noData:
      return plain.noData;
    case backend.portalSuspended:
      return plain.portalSuspended;
    case backend.emptyQueryResponse:
      return plain.emptyQuery;
    case backend.copyInResponse:
      return plain.copyInResponse;
    case backend.copyOutResponse:
      return plain.copyOutResponse;
    case backend.copyData:
      return event('copyData', { chunk: frame.subarray(HEADER_BYTES) });
    case backend.copyDone:
      return plain.copyDone;
    case backend.commandComplete:
      return event('commandComplete', { text: readCommandComplete(frame) });
    case backend.rowDescription:
      return event('rowDescription', { fields: fieldsOf(frame) });
    case backend.parameterDescription:
      return event('parameterDescription', { dataTypeIDs: readParameterDescription(frame) });
    case backend.readyForQuery:
      return event('readyForQuery', { status: String.fromCharCode(frame[HEADER_BYTES] ?? 0) });
    case backend.errorResponse:
      return { event: 'errorMessage', message: readServerError(frame) as unknown as ServerMessage };
    default:
      return undefined;
  }
}

const event = (name: string, fields: object = {}): ServerEvent => ({ event: name, message: { name, ...fields } });

const plain = {
  parseComplete: event('parseComplete'),
  bindComplete: event('bindComplete'),
  closeComplete: event('closeComplete'),
  noData: event('noData'),
  portalSuspended: event('portalSuspended'),
  emptyQuery: event('emptyQuery'),
  copyInResponse: event('copyInResponse'),
  copyOutResponse: event('copyOutResponse'),
  copyDone: event('copyDone'),
};

/** Read as text only where somebody asks: the rows of an answer go on as they are. */
class DataRow implements ServerMessage {
  readonly [field: string]: unknown;
  readonly name = 'dataRow';

  constructor(readonly frame: Buffer) {}

  get fields(): readonly (string | null)[] {
    return readDataRow(this.frame).map((value) => (value === null ? null : value.toString('utf8')));
  }
}

function fieldsOf(frame: Buffer) {
  return (readRowDescription(frame) ?? []).map(({ name, table, column, type, size, modifier, format }) => ({
    name,
    tableID: table,
    columnID: column,
    dataTypeID: type,
    dataTypeSize: size,
    dataTypeModifier: modifier,
    format: format === 1 ? 'binary' : 'text',
  }));
}
