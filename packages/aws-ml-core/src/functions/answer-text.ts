import { isUtf8 } from 'node:buffer';

export type AnswerText =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly text?: undefined; readonly problem: string };

/**
 * The text of an answer's body in the charset that its content type names, else UTF-8; or why there is none. Bytes that
 * mean nothing in the charset are an error and not U+FFFD: nothing may change in silence. Byte order marks are kept.
 */
export function answerText(body: Uint8Array = new Uint8Array(), contentType = ''): AnswerText {
  const charset = charsetOf(contentType);
  if (charset !== 'utf-8') return decoded(body, charset);
  if (!isUtf8(body)) return { problem: 'The answer is not valid UTF-8.' };
  return { text: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8') };
}

function decoded(body: Uint8Array, charset: string): AnswerText {
  try {
    return { text: new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(body) };
  } catch {
    return { problem: 'The answer cannot be read in the charset that it names.' };
  }
}

/** ASCII is UTF-8; a TextDecoder would take it for windows-1252. */
function charsetOf(contentType: string): string {
  for (const parameter of contentType.split(';').slice(1)) {
    const [name = '', value = ''] = parameter.split('=');
    if (name.trim().toLowerCase() !== 'charset') continue;
    const charset = value.trim().replaceAll('"', '').toLowerCase();
    return utf8Names.has(charset) ? 'utf-8' : charset;
  }
  return 'utf-8';
}

const utf8Names: ReadonlySet<string> = new Set(['', 'utf-8', 'utf8', 'us-ascii', 'ascii']);
