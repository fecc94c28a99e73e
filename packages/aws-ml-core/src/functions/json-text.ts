/**
 * JSON as its author wrote it: JSON.parse turns 1e-07 into 1e-7, 9007199254740993 into …992, 1e400 into Infinity, and
 * puts members with names like "1" first. Here numbers, strings and order stay as they are; only blanks are taken out.
 */
export type JsonText = string;

/** The text without a byte order mark and without blanks outside of strings; undefined where it is not JSON. */
export function readJson(text: string): JsonText | undefined {
  const json = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    JSON.parse(json);
  } catch {
    return undefined;
  }
  return withoutBlanks(json);
}

/** The elements of an array; undefined for everything else. */
export function elementsOf(json: JsonText): readonly JsonText[] | undefined {
  return json.startsWith('[') ? partsOf(json) : undefined;
}

/** The members of an object, the last one where a name stands twice; undefined for everything else. */
export function membersOf(json: JsonText): ReadonlyMap<string, JsonText> | undefined {
  if (!json.startsWith('{')) return undefined;
  return new Map(
    partsOf(json).map((part) => {
      const afterName = endOfString(part, 0);
      return [JSON.parse(part.slice(0, afterName)) as string, part.slice(afterName + 1)];
    }),
  );
}

/** What stands between the commas of an array or object. */
function partsOf(json: JsonText): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 1;
  for (let at = 1; at < json.length - 1; at += 1) {
    const character = json[at];
    if (character === '"') at = endOfString(json, at) - 1;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    else if (character === ',' && depth === 0) {
      parts.push(json.slice(start, at));
      start = at + 1;
    }
  }
  if (json.length > 2) parts.push(json.slice(start, -1));
  return parts;
}

function withoutBlanks(json: string): JsonText {
  const kept: string[] = [];
  let start = 0;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at] as string;
    if (character === '"') at = endOfString(json, at) - 1;
    else if (character === ' ' || character === '\n' || character === '\r' || character === '\t') {
      if (at > start) kept.push(json.slice(start, at));
      start = at + 1;
    }
  }
  return start === 0 ? json : kept.join('') + json.slice(start);
}

/** Where the string that begins at `start` is over. */
function endOfString(json: string, start: number): number {
  let at = start + 1;
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}
