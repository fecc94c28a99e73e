import type { Format } from './frontend-messages.js';
import { readMessage } from './message-reader.js';
import { backend } from './message-types.js';
import { MessageWriter } from './message-writer.js';

/** A column as RowDescription has it. */
export interface FieldDescription {
  readonly name: string;
  /** OID of the table that it is a column of; 0 for none. */
  readonly table: number;
  /** Its number there, from 1. */
  readonly column: number;
  readonly type: number;
  readonly size: number;
  readonly modifier: number;
  readonly format: Format;
}

export function writeRowDescription(fields: readonly FieldDescription[]): Buffer {
  const writer = new MessageWriter(backend.rowDescription);
  const write = ({ name, table, column, type, size, modifier, format }: FieldDescription) =>
    writer.text(name).uint32(table).int16(column).uint32(type).int16(size).int32(modifier).int16(format);
  return writer.list(fields, write).frame();
}

export const readRowDescription = (frame: Buffer): readonly FieldDescription[] | undefined =>
  readMessage(frame, (reader) =>
    reader.list(() => ({
      name: reader.text(),
      table: reader.uint32(),
      column: reader.int16(),
      type: reader.uint32(),
      size: reader.int16(),
      modifier: reader.int32(),
      format: reader.int16(),
    })),
  );

export function writeDataRow(values: readonly (Uint8Array | null)[]): Buffer {
  const writer = new MessageWriter(backend.dataRow);
  return writer.list(values, (value) => writer.value(value)).frame();
}

export function writeParameterDescription(types: readonly number[]): Buffer {
  const writer = new MessageWriter(backend.parameterDescription);
  return writer.list(types, (type) => writer.uint32(type)).frame();
}

export const writeCommandComplete = (tag: string): Buffer =>
  new MessageWriter(backend.commandComplete).text(tag).frame();

export const writeParameterStatus = (name: string, value: string): Buffer =>
  new MessageWriter(backend.parameterStatus).text(name).text(value).frame();

/** @param status `I`, `T` or `E` */
export const writeReadyForQuery = (status: string): Buffer =>
  new MessageWriter(backend.readyForQuery).byte(status.charCodeAt(0)).frame();

export const writeAuthentication = (code: number, data: Uint8Array = Buffer.alloc(0)): Buffer =>
  new MessageWriter(backend.authentication).int32(code).bytes(data).frame();

export const parseComplete = new MessageWriter(backend.parseComplete).frame();
export const bindComplete = new MessageWriter(backend.bindComplete).frame();
export const closeComplete = new MessageWriter(backend.closeComplete).frame();
export const noData = new MessageWriter(backend.noData).frame();
export const portalSuspended = new MessageWriter(backend.portalSuspended).frame();
export const emptyQueryResponse = new MessageWriter(backend.emptyQueryResponse).frame();

/** The fields of an ErrorResponse or a NoticeResponse by their letters (`S`, `V`, `C`, `M`, `D`, `H`, `P` …). */
export type DiagnosticFields = Readonly<Record<string, string | undefined>>;

function writeDiagnostics(type: number, fields: DiagnosticFields): Buffer {
  const writer = new MessageWriter(type);
  for (const [letter, value] of Object.entries(fields)) {
    if (value !== undefined) writer.byte(letter.charCodeAt(0)).text(value);
  }
  return writer.byte(0).frame();
}

export const writeError = (fields: DiagnosticFields): Buffer => writeDiagnostics(backend.errorResponse, fields);

export const writeNotice = (fields: DiagnosticFields): Buffer => writeDiagnostics(backend.noticeResponse, fields);

/** Of ErrorResponse and NoticeResponse. */
export const readDiagnostics = (frame: Buffer): DiagnosticFields =>
  readMessage(frame, (reader) => {
    const fields: Record<string, string> = {};
    for (let letter = reader.byte(); letter !== 0; letter = reader.byte()) {
      fields[String.fromCharCode(letter)] = reader.text();
    }
    return fields;
  }) ?? {};

/** Values as they were sent; views of the frame. */
export const readDataRow = (frame: Buffer): readonly (Buffer | null)[] =>
  readMessage(frame, (reader) => reader.list(() => reader.value())) ?? [];

export const readParameterDescription = (frame: Buffer): readonly number[] =>
  readMessage(frame, (reader) => reader.list(() => reader.uint32())) ?? [];

export const readCommandComplete = (frame: Buffer): string => readMessage(frame, (reader) => reader.text()) ?? '';
