import { describe, expect, it } from 'vitest';
import { childText, readXml } from './read-xml.js';
import { element, xmlDocument } from './xml.js';

describe('XML', () => {
  it('is read with prefixes, attributes, comments, CDATA and references', () => {
    const text = `<?xml version="1.0"?><!-- <a> --><s:Delete xmlns:s="x"><s:Key a="1">a&amp;b&#x1F600;&#10;<![CDATA[<&>]]></s:Key><Quiet/>
      </s:Delete >`;
    const document = readXml(text);
    expect([document.name, childText(document, 'Key'), childText(document, 'Quiet')]).toEqual([
      'Delete',
      'a&b😀\n<&>',
      '',
    ]);
  });

  it('is read as it was written, whatever the text', () => {
    const text = `<>&"'\r\n\t ü😀 \u0001`;
    expect(childText(readXml(xmlDocument('A', [element('B', text)])), 'B')).toBe(text);
  });

  it.each([
    [''],
    ['text'],
    ['<a>'],
    ['<a></b>'],
    ['<a/><b/>'],
    ['</a>'],
    ['<a'],
    ['<a/>text'],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['<a>&b;</a>'],
    ['<a>&toString;</a>'],
    ['<a>&amp</a>'],
    ['<a>&#x110000;</a>'],
    ['<>'],
    ['<a>'.repeat(100) + '</a>'.repeat(100)],
  ])('is refused: %.30s', (text) => {
    expect(() => readXml(text)).toThrow(expect.objectContaining({ code: 'MalformedXML' }));
  });

  it('is read in a time in proportion to its length', () => {
    const startedAt = performance.now();
    for (const text of ['<'.repeat(1e5), '&'.repeat(1e5), `<a${' '.repeat(1e5)}`, `<a>${'&amp;'.repeat(1e5)}</a>`]) {
      try {
        readXml(text);
      } catch {}
    }
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
