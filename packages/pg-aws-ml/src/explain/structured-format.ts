import type { Property } from './annotation.js';
import type { ExplainFormat } from './explain-statement.js';

export interface PropertyOnLine {
  /** Columns before the property's name, a list's dash included. */
  readonly indent: number;
  readonly name: string;
  readonly value: string;
}

/** How PostgreSQL writes plans line by line in a structured format. */
export interface StructuredFormat {
  read(line: string): PropertyOnLine | undefined;
  /** The lines of a property that another one follows. */
  write(indent: number, property: Property): string[];
}

type Structured = Exclude<ExplainFormat, 'text'>;

const spaces = (n: number): string => ' '.repeat(n);

const json: StructuredFormat = {
  read(line) {
    const [, indent, name, value] = /^( *)"([^"]+)": (.*?),?$/.exec(line) ?? [];
    if (indent === undefined || name === undefined || value === undefined) return undefined;
    return { indent: indent.length, name, value: value.startsWith('"') ? (JSON.parse(value) as string) : value };
  },
  write(indent, { name, value }) {
    if (typeof value !== 'object') return [`${spaces(indent)}${JSON.stringify(name)}: ${JSON.stringify(value)},`];
    const inner = value.flatMap((p) => json.write(indent + 2, p));
    const last = inner.pop()?.replace(/,$/, '') ?? '';
    return [`${spaces(indent)}${JSON.stringify(name)}: {`, ...inner, last, `${spaces(indent)}},`];
  },
};

const yaml: StructuredFormat = {
  read(line) {
    const [, indent, name, value] = /^( *(?:- )?)([A-Z][A-Za-z0-9 -]*): (.*)$/.exec(line) ?? [];
    if (indent === undefined || name === undefined || value === undefined) return undefined;
    return { indent: indent.length, name, value: value.startsWith('"') ? (JSON.parse(value) as string) : value };
  },
  write(indent, { name, value }) {
    if (typeof value !== 'object') return [`${spaces(indent)}${name}: ${JSON.stringify(value)}`];
    return [`${spaces(indent)}${name}: `, ...value.flatMap((p) => yaml.write(indent + 2, p))];
  },
};

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#x0d;' };
const characters = new Map(Object.entries(entities).map(([character, entity]) => [entity, character]));

const xml: StructuredFormat = {
  read(line) {
    const [, indent, tag, value] = /^( *)<([A-Za-z0-9-]+)>(?:(.*)<\/\2>)?$/.exec(line) ?? [];
    if (indent === undefined || tag === undefined) return undefined;
    const text = (value ?? '').replace(/&[a-z0-9#]+;/g, (entity) => characters.get(entity) ?? entity);
    return { indent: indent.length, name: tag.replaceAll('-', ' '), value: text };
  },
  write(indent, { name, value }) {
    const tag = name.replaceAll(' ', '-');
    if (typeof value === 'object') {
      return [
        `${spaces(indent)}<${tag}>`,
        ...value.flatMap((p) => xml.write(indent + 2, p)),
        `${spaces(indent)}</${tag}>`,
      ];
    }
    const text = String(value).replace(/[&<>\r]/g, (character) => entities[character] ?? character);
    return [`${spaces(indent)}<${tag}>${text}</${tag}>`];
  },
};

export const structuredFormats: Readonly<Record<Structured, StructuredFormat>> = { json, xml, yaml };
