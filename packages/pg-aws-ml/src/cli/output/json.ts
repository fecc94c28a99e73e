import { parse as parseArray } from 'postgres-array';
import type { Column, RowPrinter } from './row-printer.js';

type ToJson = (text: string) => string;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/;
const DATE_AND_TIME = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:([+-]\d\d)(:\d\d)?)?$/;

/** NaN and the infinities have no form in JSON; PostgreSQL's to_json writes them as text as well. */
const asNumber: ToJson = (text) => (NUMBER.test(text) ? text : JSON.stringify(text));

/** A reader of JSON has doubles, which hold every number of 15 digits, and every whole number to 2^53. */
const asExactNumber: ToJson = (text) => {
  if (!NUMBER.test(text)) return JSON.stringify(text);
  const fits = text.includes('.') ? digitsOf(text) <= 15 : Number.isSafeInteger(Number(text));
  return fits ? text : `"${text}"`;
};

const digitsOf = (text: string): number => text.replace(/^-?0*\.?0*/, '').replace('.', '').length;

/** ISO 8601. Infinity, years BC and what another DateStyle writes stay as they are. */
const asTime: ToJson = (text) => {
  const [, date, time, hours, minutes] = DATE_AND_TIME.exec(text) ?? [];
  if (date === undefined) return JSON.stringify(text);
  return `"${date}T${time}${hours === undefined ? '' : `${hours}${minutes ?? ':00'}`}"`;
};

/** A line break in JSON stands between its parts: within texts it is written otherwise. */
const asJson: ToJson = (text) => text.replaceAll(/[\r\n]+/g, ' ');

const asBoolean: ToJson = (text) => (text === 't' ? 'true' : 'false');

/** By the OID of a type and that of its array. */
const forms: readonly (readonly [ToJson, type: number, array: number])[] = [
  [asBoolean, 16, 1000],
  [asExactNumber, 20, 1016],
  [asNumber, 21, 1005],
  [asNumber, 23, 1007],
  [asNumber, 26, 1028],
  [asJson, 114, 199],
  [asNumber, 700, 1021],
  [asNumber, 701, 1022],
  [asTime, 1114, 1115],
  [asTime, 1184, 1185],
  [asExactNumber, 1700, 1231],
  [asJson, 3802, 3807],
  // text, varchar, bpchar, date, uuid: only their arrays have a form of their own.
  ...[1009, 1015, 1014, 1182, 2951].map((array) => [JSON.stringify, 0, array] as const),
];

const byType = new Map<number, ToJson>();
for (const [form, type, array] of forms) {
  byType.set(type, form);
  byType.set(array, (text) => arrayToJson(text, form));
}

function arrayToJson(text: string, form: ToJson): string {
  // A text with bounds ([0:1]={a,b}) is no array to others.
  if (!text.startsWith('{')) return JSON.stringify(text);
  const write = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
    return value === null ? 'null' : form(value as string);
  };
  return write(parseArray(text, (element) => element));
}

/** Objects, one a line: the elements of an array, or by themselves. */
export class JsonPrinter implements RowPrinter {
  readonly #layout: 'array' | 'lines';
  #fields: readonly { readonly key: string; readonly toJson: ToJson }[] = [];
  #rows = 0;

  constructor(layout: 'array' | 'lines') {
    this.#layout = layout;
  }

  begin(columns: readonly Column[]): string {
    this.#rows = 0;
    this.#fields = columns.map(({ name, dataTypeID }, index) => ({
      key: `${index === 0 ? '' : ','}${JSON.stringify(name)}:`,
      toJson: byType.get(dataTypeID) ?? JSON.stringify,
    }));
    return '';
  }

  row(values: readonly (string | null)[]): string {
    let object = '{';
    for (const [index, { key, toJson }] of this.#fields.entries()) {
      const value = values[index] ?? null;
      object += key + (value === null ? 'null' : toJson(value));
    }
    object += '}';
    this.#rows += 1;
    if (this.#layout === 'lines') return `${object}\n`;
    return `${this.#rows === 1 ? '[\n' : ',\n'}${object}`;
  }

  end(): string {
    if (this.#layout === 'lines') return '';
    return this.#rows === 0 ? '[]\n' : '\n]\n';
  }
}
