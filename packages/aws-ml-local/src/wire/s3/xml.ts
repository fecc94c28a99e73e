/** An element of an answer that is written already. */
export interface XmlText {
  readonly xml: string;
}

type Content = XmlText | readonly XmlText[] | string | number | boolean | Date | undefined;

/** An element; undefined content leaves it out, an array stands for its elements. */
export function element(name: string, content: Content): XmlText {
  if (content === undefined) return { xml: '' };
  return { xml: `<${name}>${contentXml(content)}</${name}>` };
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A whole document of S3's name space. */
export function xmlDocument(name: string, content: readonly XmlText[] | string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${NAMESPACE}">${contentXml(content)}</${name}>`;
}

function contentXml(content: Exclude<Content, undefined>): string {
  if (Array.isArray(content)) return content.map(({ xml }: XmlText) => xml).join('');
  if (content instanceof Date) return content.toISOString();
  if (typeof content === 'object') return (content as XmlText).xml;
  return escapeXml(String(content));
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

export function escapeXml(text: string): string {
  // Control characters, which XML 1.0 has no notation for, are written as S3 writes them.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[&<>"\u0000-\u0008\u000b-\u001f]/g, (character) => {
    return ESCAPES[character] ?? `&#x${character.charCodeAt(0).toString(16)};`;
  });
}
