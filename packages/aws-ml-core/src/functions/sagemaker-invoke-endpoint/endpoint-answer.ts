import type { TextValue } from '../../ml-call.js';
import { elementsOf, type JsonText, membersOf, readJson } from '../json-text.js';
import { parseCsvRows, withoutLineEnd } from './csv-row.js';

/** The outputs of an endpoint's answer, one a row that was sent; or why there aren't as many. */
export type EndpointOutputs = { readonly outputs: readonly TextValue[] } | { readonly problem: string };

/**
 * Reads the answer of a SageMaker endpoint to `count` rows: CSV with one line a row, or one line with a value for each
 * row; the JSON and JSON Lines of SageMaker's built-in algorithms.
 * Source: "Common data formats for inference", Amazon SageMaker Developer Guide.
 */
export function readEndpointAnswer(text: string, contentType: string | undefined, count: number): EndpointOutputs {
  const mediaType = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  switch (mediaType) {
    case 'application/json':
      return readJsonAnswer(text, count);
    case 'application/jsonlines':
    case 'application/x-jsonlines':
    case 'application/jsonl':
    case 'application/x-ndjson':
      return readJsonLines(text, count);
    default:
      // Containers often leave the type at their web framework's default.
      return readCsv(text, count);
  }
}

/** A byte order mark says how the text was written, and is no part of the first value. */
function readCsv(marked: string, count: number): EndpointOutputs {
  const text = marked.startsWith('\uFEFF') ? marked.slice(1) : marked;
  const plain = plainLines(text, count);
  if (plain !== undefined) return { outputs: plain };
  const rows = parseCsvRows(text);
  if (rows === undefined) return { problem: 'The answer is not valid CSV.' };
  const [first] = rows;
  if (rows.length === 1 && count > 1 && first?.length === count) return { outputs: first };
  dropBlankLines(rows, text, count);
  return rows.length === count ? { outputs: rows.map(outputOfFields) } : wrongCount(rows.length, count);
}

/** Drops blank lines after the last row. A line of commas or of an empty pair of quotes is a row. */
function dropBlankLines(rows: string[][], text: string, count: number): void {
  let rest = withoutLineEnd(text);
  while (rows.length > count && rows.at(-1)?.join() === '' && rest.endsWith('\n')) {
    rows.pop();
    rest = withoutLineEnd(rest);
  }
}

/** What most models answer, a number or a word a line, needs no CSV reader. */
function plainLines(text: string, count: number): string[] | undefined {
  if (text === '' || /[",\r]/.test(text)) return undefined;
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return lines.length === count ? lines : undefined;
}

/** One field is its value; several are a record, so that casts to composite types and to point work. */
function outputOfFields(fields: readonly string[]): string {
  return fields.length === 1 ? (fields[0] as string) : `(${fields.map(recordField).join(',')})`;
}

/** A field of PostgreSQL's record input: as in CSV, but backslash and parentheses are special as well. */
function recordField(field: string): string {
  return /["\\(),\r\n]/.test(field) ? `"${field.replace(/["\\]/g, (character) => character + character)}"` : field;
}

function readJsonAnswer(text: string, count: number): EndpointOutputs {
  const json = readJson(text);
  if (json === undefined) return { problem: 'The answer is not valid JSON.' };
  const list = listOfOutputs(json, count);
  if (list !== undefined) return { outputs: list.map(outputOfJson) };
  if (count === 1) return { outputs: [outputOfJson(json)] };
  return { problem: 'The JSON of the answer holds no list with one output a row.' };
}

/** `[…]`, or the one list with an output a row in `{"predictions": […]}`, `{"scores": […]}` and the like. */
function listOfOutputs(json: JsonText, count: number): readonly JsonText[] | undefined {
  const ofCount = (list: readonly JsonText[] | undefined) => (list?.length === count ? list : undefined);
  if (json.startsWith('[')) return ofCount(elementsOf(json));
  const lists = [...(membersOf(json)?.values() ?? [])].flatMap((member) => {
    const list = ofCount(elementsOf(member));
    return list === undefined ? [] : [list];
  });
  return lists.length === 1 ? lists[0] : undefined;
}

function readJsonLines(text: string, count: number): EndpointOutputs {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length !== count) return wrongCount(lines.length, count);
  const outputs: TextValue[] = [];
  for (const line of lines) {
    const json = readJson(line);
    if (json === undefined) return { problem: 'A line of the answer is not valid JSON.' };
    outputs.push(outputOfJson(json));
  }
  return { outputs };
}

/** A scalar, or the scalar in an object with a single member such as `{"score": 0.5}`; else the JSON as it was written. */
function outputOfJson(json: JsonText): TextValue {
  if (json === 'null') return null;
  if (json.startsWith('"')) return JSON.parse(json) as string;
  const [member, ...others] = membersOf(json)?.values() ?? [];
  return member !== undefined && others.length === 0 && /^[^[{n]/.test(member) ? outputOfJson(member) : json;
}

function wrongCount(got: number, sent: number): EndpointOutputs {
  const rows = sent === 1 ? '1 row was' : `${sent} rows were`;
  return { problem: `${rows} sent and ${got} came back.` };
}
