import { describe, expect, it } from 'vitest';
import { readEndpointAnswer } from './endpoint-answer.js';

const csv = (text: string, count: number) => readEndpointAnswer(text, 'text/csv; charset=utf-8', count);
const json = (value: unknown, count: number) =>
  readEndpointAnswer(JSON.stringify(value, null, 1), 'application/json', count);

describe('a CSV answer', () => {
  it.each(['1\n2\n3', '1\n2\n3\n', '1\r\n2\r\n3\r\n', '1\r\n2\r\n3', '1,2,3', '1,2,3\n', '1\n2\n3\n\n\n'])(
    'gives a value a row: %j',
    (text) => {
      expect(csv(text, 3)).toEqual({ outputs: ['1', '2', '3'] });
    },
  );

  it('takes one line with several fields for the record of a single row', () => {
    expect(csv('0.5,0.25\n', 1)).toEqual({ outputs: ['(0.5,0.25)'] });
  });

  it('takes lines with several fields for records', () => {
    expect(csv('1,2\n3,4', 2)).toEqual({ outputs: ['(1,2)', '(3,4)'] });
  });

  it('unquotes a single field, newlines and all', () => {
    expect(csv('"label ""a"", x"\n"two\nlines"\n', 2)).toEqual({ outputs: ['label "a", x', 'two\nlines'] });
  });

  it('writes records that PostgreSQL reads as the fields were', () => {
    expect(csv('"a,b","c""d","e\\f",(g),,h i', 1)).toEqual({ outputs: ['("a,b","c""d","e\\\\f","(g)",,h i)'] });
  });

  it('keeps empty values between others', () => {
    expect(csv('1\n\n3\n', 3)).toEqual({ outputs: ['1', '', '3'] });
    expect(csv('""\n', 1)).toEqual({ outputs: [''] });
  });

  it.each([
    ['', 3, 0],
    ['', 1, 0],
    ['1\n2\n', 3, 2],
    ['1\n2\n3\n4', 3, 4],
    ['1,2', 3, 1],
    ['1,2\n3,4', 4, 2],
  ])('refuses %j for %i rows', (text, count, got) => {
    expect(csv(text, count)).toEqual({
      problem: `${count === 1 ? '1 row was' : `${count} rows were`} sent and ${got} came back.`,
    });
  });

  it('refuses quotes that do not match', () => {
    expect(csv('"oops', 1)).toEqual({ problem: 'The answer is not valid CSV.' });
  });

  it('has no byte order mark in its first value', () => {
    expect(csv('\uFEFF1\n2', 2)).toEqual({ outputs: ['1', '2'] });
    expect(csv('\uFEFF"a ""b""",2\n3,4', 2)).toEqual({ outputs: ['("a ""b""",2)', '(3,4)'] });
    expect(csv('1\n\uFEFF2', 2)).toEqual({ outputs: ['1', '\uFEFF2'] });
  });

  it.each([
    ['1\n2\n,,\n', 2, 3],
    ['1\n2\n""', 2, 3],
    ['1\n2\n""\n\n', 2, 3],
  ])('takes a row of empty values after the last for a row: %j', (text, count, got) => {
    expect(csv(text, count)).toEqual({
      problem: `${count === 1 ? '1 row was' : `${count} rows were`} sent and ${got} came back.`,
    });
  });

  it('refuses rows with both line ends: whether a CR is a part of a value is not known', () => {
    expect(csv('a\r\nb\nc', 2)).toEqual({ problem: 'The answer is not valid CSV.' });
    expect(csv('"a\nb"\r\nc\r\n', 2)).toEqual({ outputs: ['a\nb', 'c'] });
  });

  it('keeps numbers as they were written', () => {
    expect(csv('1e-07\n9007199254740993\n1.50\nNaN', 4)).toEqual({
      outputs: ['1e-07', '9007199254740993', '1.50', 'NaN'],
    });
  });

  it('is assumed where the type says nothing', () => {
    expect(readEndpointAnswer('1\n2', undefined, 2)).toEqual({ outputs: ['1', '2'] });
    expect(readEndpointAnswer('1\n2', 'text/html; charset=utf-8', 2)).toEqual({ outputs: ['1', '2'] });
  });
});

describe('a JSON answer', () => {
  it.each([
    [{ predictions: [{ score: 0.5 }, { score: 1 }] }, ['0.5', '1']],
    [{ scores: [{ score: 0.25 }, { score: -1e-9 }] }, ['0.25', '-1e-9']],
    [{ predictions: [0, 'cat'] }, ['0', 'cat']],
    [
      [true, null],
      ['true', null],
    ],
    [{ predictions: [{ label: 1, score: 0.5 }, [1, 2]] }, ['{"label":1,"score":0.5}', '[1,2]']],
    [{ predictions: [[1, 2], { closest_cluster: 3 }], version: 'x' }, ['[1,2]', '3']],
  ])('gives a value a row: %j', (value, outputs) => {
    expect(json(value, 2)).toEqual({ outputs });
  });

  const jsonText = (text: string, count: number) => readEndpointAnswer(text, 'application/json', count);

  it('keeps numbers as they were written, at the top, in lists and in what stays JSON', () => {
    const numbers = ['1e-07', '9007199254740993', '1.50', '-0', '1E400', '0.1000000000000000055511151231257827'];
    expect(jsonText(`{"predictions": [${numbers.join(' , ')}]}`, 6)).toEqual({ outputs: numbers });
    expect(jsonText(`[${numbers.map((n) => `{"score" :${n}}`).join()}]`, 6)).toEqual({ outputs: numbers });
    expect(jsonText(` { "score": ${numbers[0]} }\n`, 1)).toEqual({ outputs: ['1e-07'] });
    expect(jsonText('{"a": [1.0, {"b" : 1e-07}]}', 1)).toEqual({ outputs: ['{"a":[1.0,{"b":1e-07}]}'] });
  });

  it('keeps members in their order, and strings within JSON as they were written', () => {
    const text = String.raw`{"b":"\u0041\/\"]} , \\","1":[{"x":" a  b "},"]"]}`;
    expect(jsonText(text, 1)).toEqual({ outputs: [text] });
    expect(jsonText(text.replaceAll(':', ' :\t'), 1)).toEqual({ outputs: [text] });
    expect(jsonText(String.raw`["\u0041\/\"]} ,"]`, 1)).toEqual({ outputs: ['A/"]} ,'] });
  });

  it('may begin with a byte order mark', () => {
    expect(jsonText('\uFEFF[1]', 1)).toEqual({ outputs: ['1'] });
  });

  it.each(['[NaN]', '[Infinity]', '[01]', '[1.]', "['a']", '[1] 2', ''])('refuses what is no JSON: %s', (text) => {
    expect(jsonText(text, 1)).toEqual({ problem: 'The answer is not valid JSON.' });
  });

  it('takes the last of two members with one name', () => {
    expect(jsonText('{"scores": [1, 2], "scores": [3, 4]}', 2)).toEqual({ outputs: ['3', '4'] });
  });

  it('gives a single row all of an answer without a list', () => {
    expect(json({ score: 0.5 }, 1)).toEqual({ outputs: ['0.5'] });
    expect(json({ a: 1, b: [1, 2] }, 1)).toEqual({ outputs: ['{"a":1,"b":[1,2]}'] });
  });

  it('refuses a list of another length, two candidate lists, and what is no JSON', () => {
    const problem = 'The JSON of the answer holds no list with one output a row.';
    expect(json({ predictions: [1] }, 2)).toEqual({ problem });
    expect(json({ a: [1, 2], b: [3, 4] }, 2)).toEqual({ problem });
    expect(json('text', 2)).toEqual({ problem });
    expect(readEndpointAnswer('<html>', 'application/json', 1)).toEqual({ problem: 'The answer is not valid JSON.' });
  });
});

describe('a JSON Lines answer', () => {
  const lines = (text: string, count: number) => readEndpointAnswer(text, 'application/jsonlines', count);

  it('gives a value a line', () => {
    expect(lines('{"score":0.5}\n{"score":0.25,"label":"a"}\r\n"x"\n', 3)).toEqual({
      outputs: ['0.5', '{"score":0.25,"label":"a"}', 'x'],
    });
  });

  it('keeps numbers as they were written', () => {
    expect(lines('\uFEFF{"score": 1e-07}\n9007199254740993\n', 2)).toEqual({ outputs: ['1e-07', '9007199254740993'] });
  });

  it('refuses the wrong number of lines and lines that are no JSON', () => {
    expect(lines('1\n2\n', 3)).toEqual({ problem: '3 rows were sent and 2 came back.' });
    expect(lines('1\n{', 2)).toEqual({ problem: 'A line of the answer is not valid JSON.' });
  });
});
