import type { TextValue } from '../ml-call.js';
import { parseCsvRows } from './csv-row.js';

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
      return readJson(text, count);
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

function readCsv(text: string, count: number): EndpointOutputs {
  const plain = plainLines(text, count);
  if (plain !== undefined) return { outputs: plain };
  const rows = parseCsvRows(text);
  if (rows === undefined) return { problem: 'The answer is not valid CSV.' };
  const [first] = rows;
  if (rows.length === 1 && count > 1 && first?.length === count) return { outputs: first };
  // Blank lines after the last row.
  while (rows.length > count && rows.at(-1)?.join('') === '') rows.pop();
  return rows.length === count ? { outputs: rows.map(outputOfFields) } : wrongCount(rows.length, count);
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

function readJson(text: string, count: number): EndpointOutputs {
  const value = parseJson(text);
  if (value === undefined) return { problem: 'The answer is not valid JSON.' };
  const list = listOfOutputs(value, count);
  if (list !== undefined) return { outputs: list.map(outputOfJson) };
  if (count === 1) return { outputs: [outputOfJson(value)] };
  return { problem: 'The JSON of the answer holds no list with one output a row.' };
}

/** `[…]`, or the one list with an output a row in `{"predictions": […]}`, `{"scores": […]}` and the like. */
function listOfOutputs(value: unknown, count: number): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value.length === count ? value : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const lists = Object.values(value).filter(
    (member): member is unknown[] => Array.isArray(member) && member.length === count,
  );
  return lists.length === 1 ? lists[0] : undefined;
}

function readJsonLines(text: string, count: number): EndpointOutputs {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length !== count) return wrongCount(lines.length, count);
  const values = lines.map(parseJson);
  if (values.includes(undefined)) return { problem: 'A line of the answer is not valid JSON.' };
  return { outputs: values.map(outputOfJson) };
}

/** A scalar, or the scalar in an object with a single member such as `{"score": 0.5}`; else compact JSON. */
function outputOfJson(value: unknown): TextValue {
  if (value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && !Array.isArray(value)) {
    const members = Object.values(value);
    if (members.length === 1 && typeof members[0] !== 'object') return outputOfJson(members[0]);
  }
  return JSON.stringify(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrongCount(got: number, sent: number): EndpointOutputs {
  return { problem: `${sent} rows were sent and ${got} came back.` };
}
