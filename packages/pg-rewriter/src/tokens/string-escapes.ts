import { syntaxError } from './syntax-error.js';

const ESCAPE = /\\(?:([0-7]{1,3})|x([\dA-Fa-f]{1,2})|u([\dA-Fa-f]{4})|U([\dA-Fa-f]{8})|([\s\S]))/g;
const LETTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** The text that E'…' means. */
export function decodeEscapes(written: string, position: number): string {
  if (!written.includes('\\')) return written;
  return written.replace(ESCAPE, (_, octal, hex, short, long, letter) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (short !== undefined || long !== undefined) return character(short ?? long, position);
    if (letter === 'u' || letter === 'U') throw syntaxError('invalid Unicode escape', position);
    return LETTERS[letter] ?? letter;
  });
}

/** The text that U&'…' means: `\0061`, `\+000061` and, for the escape character itself, two of it. */
export function decodeUnicode(written: string, mark: string, position: number): string {
  const [head = '', ...rest] = written.split(mark);
  let value = head;
  for (let i = 0; i < rest.length; i++) {
    const part = rest[i] as string;
    if (part === '' && i + 1 < rest.length) {
      value += mark + rest[i + 1];
      i += 1;
      continue;
    }
    const digits = /^(?:\+([\dA-Fa-f]{6})|([\dA-Fa-f]{4}))/.exec(part);
    if (digits === null) throw syntaxError('invalid Unicode escape', position);
    value += character((digits[1] ?? digits[2]) as string, position) + part.slice(digits[0].length);
  }
  return value;
}

function character(hex: string, position: number): string {
  const code = Number.parseInt(hex, 16);
  if (code === 0 || code > 0x10ffff) throw syntaxError('invalid Unicode escape value', position);
  // Halves of a pair stand side by side, and so become one character.
  return code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code);
}
