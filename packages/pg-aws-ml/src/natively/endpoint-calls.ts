import type { UntypedInputs } from './overloads.js';

/** Bodies of functions may hold statements as strings, which may hold a DO block, and so on. */
const DEPTH = 3;

/**
 * The calls of invoke_endpoint that a text seems to hold, with which of their model inputs are untyped constants: quoted
 * texts and NULL. SQL, PL/pgSQL, what is quoted in either. What is no call after all does no harm: functions are made
 * for it that nobody uses. Takes linear time.
 */
export function endpointCallsIn(text: string, depth = DEPTH): UntypedInputs[] {
  if (depth === 0 || !/invoke_endpoint/i.test(text)) return [];
  const calls: UntypedInputs[] = [];
  let frame: Frame = { outer: undefined, isCall: false, inputs: [], tokens: 0, constants: 0 };
  let name = false;
  for (const token of tokens(text)) {
    const first = token.text[0] ?? '';
    if (token.isString) {
      for (const call of endpointCallsIn(token.text, depth - 1)) calls.push(call);
      frame.tokens++;
      frame.constants++;
    } else if (first === '(' || first === '[') {
      frame = { outer: frame, isCall: name && first === '(', inputs: [], tokens: 0, constants: 0 };
    } else if ((first === ')' || first === ']') && frame.outer !== undefined) {
      endInput(frame);
      if (frame.isCall) calls.push(frame.inputs.slice(2));
      const constant = first === ')' && !frame.isCall && frame.inputs.length === 1 && frame.inputs[0] === true;
      frame = frame.outer;
      frame.tokens++;
      if (constant) frame.constants++;
    } else if (first === ',') {
      endInput(frame);
    } else {
      frame.tokens++;
      if (/^null$/i.test(token.text)) frame.constants++;
    }
    name = !token.isString && /^"?invoke_endpoint"?$/i.test(token.text);
  }
  return calls;
}

/** What stands in one pair of brackets. */
interface Frame {
  readonly outer: Frame | undefined;
  readonly isCall: boolean;
  readonly inputs: boolean[];
  /** Of the current input. */
  tokens: number;
  constants: number;
}

function endInput(frame: Frame): void {
  frame.inputs.push(frame.tokens === 1 && frame.constants === 1);
  frame.tokens = 0;
  frame.constants = 0;
}

interface Token {
  readonly text: string;
  readonly isString: boolean;
}

const NEXT = new RegExp(
  [
    /\s+|--[^\n]*/,
    /(?<comment>\/\*)/,
    /(?<open>e'|['"])/,
    /(?<dollar>\$(?:[a-z_\x80-\uffff][\w\x80-\uffff]*)?\$)/,
    /[\w\x80-\uffff][\w$\x80-\uffff]*/,
    /[\s\S]/,
  ]
    .map((r) => r.source)
    .join('|'),
  'iy',
);

function* tokens(text: string): Generator<Token> {
  NEXT.lastIndex = 0;
  for (let position = 0; position < text.length; ) {
    NEXT.lastIndex = position;
    const match = NEXT.exec(text);
    if (match === null) return;
    const { comment, open, dollar } = match.groups ?? {};
    const start = position;
    position += match[0].length;
    if (comment !== undefined) {
      const end = text.indexOf('*/', position);
      if (end < 0) return;
      position = end + 2;
    } else if (dollar !== undefined) {
      const end = text.indexOf(dollar, position);
      // Without its end the server refuses the text.
      if (end < 0) return;
      yield { text: text.slice(position, end), isString: true };
      position = end + dollar.length;
    } else if (open !== undefined) {
      const end = endOfQuoted(text, position, open);
      const inner = text.slice(position, end);
      // Without an end it is a piece of a text, as programs put them together: what follows is read for itself.
      position = end === undefined ? start + 1 : end + 1;
      if (end === undefined || open === '"') yield { text: text.slice(start, position), isString: false };
      else yield { text: inner.replaceAll(open === "'" ? "''" : /''|\\'/g, "'"), isString: true };
    } else if (!/^(\s|--)/.test(text.slice(start, start + 2))) {
      yield { text: match[0], isString: false };
    }
  }
}

/**
 * Where the quote stands that ends what `open` begins; undefined where none does. Step by step: an expression that
 * repeats a pair of quotes keeps each of them on a stack, and overflows it in a text of some megabytes.
 */
function endOfQuoted(text: string, from: number, open: string): number | undefined {
  const quote = open.at(-1) as string;
  const stop = open.length > 1 ? /['\\]/g : new RegExp(quote, 'g');
  for (stop.lastIndex = from; ; ) {
    const at = stop.exec(text)?.index;
    if (at === undefined) return undefined;
    if (text[at] === quote && text[at + 1] !== quote) return at;
    stop.lastIndex = at + 2;
  }
}
