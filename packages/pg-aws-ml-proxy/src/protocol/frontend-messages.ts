import { readMessage } from './message-reader.js';
import { frontend, HEADER_BYTES, LENGTH_BYTES } from './message-types.js';
import { MessageWriter } from './message-writer.js';

/** 0 is text, 1 is binary. */
export type Format = number;

/** `values`, `formats` and `resultFormats` are as they were sent: no codes mean text, one is for all. */
export interface BindMessage {
  readonly portal: string;
  readonly statement: string;
  readonly formats: readonly Format[];
  /** Views of the frame. */
  readonly values: readonly (Buffer | null)[];
  readonly resultFormats: readonly Format[];
}

export interface ParseMessage {
  readonly name: string;
  readonly text: string;
  /** OIDs of the parameters' types as far as they are given; 0 is unspecified. */
  readonly types: readonly number[];
}

/** Of Describe and Close: a prepared statement or a portal. */
export interface TargetMessage {
  readonly kind: 'S' | 'P';
  readonly name: string;
}

export interface ExecuteMessage {
  readonly portal: string;
  /** 0 or less is all rows. */
  readonly limit: number;
}

// All readers return undefined for a malformed frame.

export const readQuery = (frame: Buffer): string | undefined => readMessage(frame, (reader) => reader.text());

export const readParse = (frame: Buffer): ParseMessage | undefined =>
  readMessage(frame, (reader) => ({
    name: reader.text(),
    text: reader.text(),
    types: reader.list(() => reader.uint32()),
  }));

export const readBind = (frame: Buffer): BindMessage | undefined =>
  readMessage(frame, (reader) => ({
    portal: reader.text(),
    statement: reader.text(),
    formats: reader.list(() => reader.int16()),
    values: reader.list(() => reader.value()),
    resultFormats: reader.list(() => reader.int16()),
  }));

/** Of Describe and Close. */
export function readTarget(frame: Buffer): TargetMessage | undefined {
  const target = readMessage(frame, (reader) => ({
    kind: String.fromCharCode(reader.byte()),
    name: reader.text(),
  }));
  return target?.kind === 'S' || target?.kind === 'P' ? (target as TargetMessage) : undefined;
}

export const readExecute = (frame: Buffer): ExecuteMessage | undefined =>
  readMessage(frame, (reader) => ({ portal: reader.text(), limit: reader.int32() }));

export const writeQuery = (text: string): Buffer => new MessageWriter(frontend.query).text(text).frame();

export function writeParse({ name, text, types }: ParseMessage): Buffer {
  const writer = new MessageWriter(frontend.parse).text(name).text(text);
  return writer.list(types, (type) => writer.uint32(type)).frame();
}

export function writeBind({ portal, statement, formats, values, resultFormats }: BindMessage): Buffer {
  const writer = new MessageWriter(frontend.bind).text(portal).text(statement);
  return writer
    .list(formats, (format) => writer.int16(format))
    .list(values, (value) => writer.value(value))
    .list(resultFormats, (format) => writer.int16(format))
    .frame();
}

const writeTarget = (type: number, { kind, name }: TargetMessage): Buffer =>
  new MessageWriter(type).byte(kind.charCodeAt(0)).text(name).frame();

export const writeDescribe = (target: TargetMessage): Buffer => writeTarget(frontend.describe, target);

export const writeClose = (target: TargetMessage): Buffer => writeTarget(frontend.close, target);

export const writeExecute = ({ portal, limit }: ExecuteMessage): Buffer =>
  new MessageWriter(frontend.execute).text(portal).int32(limit).frame();

export const syncMessage = new MessageWriter(frontend.sync).frame();
export const flushMessage = new MessageWriter(frontend.flush).frame();
export const terminateMessage = new MessageWriter(frontend.terminate).frame();

export const copyDoneMessage = new MessageWriter(frontend.copyDone).frame();

export function writeCopyData(data: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_BYTES + data.length);
  frame[0] = frontend.copyData;
  frame.writeUInt32BE(LENGTH_BYTES + data.length, 1);
  frame.set(data, HEADER_BYTES);
  return frame;
}

export const writeCopyFail = (reason: string): Buffer => new MessageWriter(frontend.copyFail).text(reason).frame();
