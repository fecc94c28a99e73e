import { s3Error } from '../../services/s3.js';

/** An element of a request: its elements, or its text. */
export interface XmlElement {
  /** Without a prefix. */
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

interface Open {
  readonly tag: string;
  readonly children: XmlElement[];
  text: string;
}

const ENTITIES: ReadonlyMap<string, string> = new Map(
  Object.entries({ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }),
);
const MAX_DEPTH = 20;

/**
 * Reads the small documents that S3's requests hold: elements, text, comments and CDATA. No document type, and so no
 * entities but XML's own.
 *
 * @throws AwsError MalformedXML
 */
export function readXml(text: string): XmlElement {
  const root: Open = { tag: '', children: [], text: '' };
  const open: Open[] = [root];
  let at = 0;
  const skipTo = (end: string): string => {
    const found = text.indexOf(end, at);
    if (found < 0) throw s3Error('MalformedXML');
    const skipped = text.slice(at, found);
    at = found + end.length;
    return skipped;
  };
  while (at < text.length) {
    const parent = open.at(-1) as Open;
    const next = text.indexOf('<', at);
    if (next !== at) {
      parent.text += unescapeXml(text.slice(at, next < 0 ? text.length : next));
      at = next < 0 ? text.length : next;
    } else if (text.startsWith('<?', at)) skipTo('?>');
    else if (text.startsWith('<!--', at)) skipTo('-->');
    else if (text.startsWith('<![CDATA[', at)) {
      at += '<![CDATA['.length;
      parent.text += skipTo(']]>');
    } else if (text.startsWith('<!', at)) throw s3Error('MalformedXML');
    else {
      at += 1;
      readTag(skipTo('>'), open);
    }
  }
  const [document, ...more] = root.children;
  if (open.length > 1 || document === undefined || more.length > 0 || root.text.trim() !== '') {
    throw s3Error('MalformedXML');
  }
  return document;
}

function readTag(tag: string, open: Open[]): void {
  const parent = open.at(-1) as Open;
  if (tag.startsWith('/')) {
    if (open.length < 2 || parent.tag !== tag.slice(1).trim()) throw s3Error('MalformedXML');
    open.pop();
    open.at(-1)?.children.push(closed(parent));
    return;
  }
  const empty = tag.endsWith('/');
  const [name = ''] = (empty ? tag.slice(0, -1) : tag).split(/\s/, 1);
  if (name === '' || open.length > MAX_DEPTH) throw s3Error('MalformedXML');
  const element: Open = { tag: name, children: [], text: '' };
  if (empty) parent.children.push(closed(element));
  else open.push(element);
}

function closed({ tag, children, text }: Open): XmlElement {
  return { name: tag.slice(tag.indexOf(':') + 1), children, text };
}

function unescapeXml(text: string): string {
  return text.replace(/&([^;&]{0,10})(;?)/g, (_, name: string, end: string) => {
    const known = ENTITIES.get(name) ?? referredTo(name);
    if (known === undefined || end === '') throw s3Error('MalformedXML');
    return known;
  });
}

/** The character that `#10` or `#x1f600` stands for. */
function referredTo(name: string): string | undefined {
  const digits = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
  if (digits === null) return undefined;
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

/** The text of the first child of a name. */
export function childText({ children }: XmlElement, name: string): string | undefined {
  return children.find((child) => child.name === name)?.text;
}
