import { describe, expect, it } from 'vitest';
import { columnType, secondsOf } from './column-type.js';

const many = (of: (i: number) => string) => Array.from({ length: 40 }, (_, i) => of(i));

describe('the type of a column', () => {
  it.each([
    ['numbers with gaps', ['1', '', '2.5', '-1e3', ' 7 '], 'numeric'],
    ['nothing but gaps', ['', ''], 'numeric'],
    ['words', ['red', '', 'blue', 'red'], 'categorical'],
    ['numbers and words', ['1', '2', 'many', '1'], 'categorical'],
    ['hexadecimal digits', ['0x10', '0x10', '0x11', '0x11'], 'categorical'],
    ['dates', ['2026-01-31', '2026-02-01', ''], 'datetime'],
    ['timestamps of PostgreSQL', ['2026-01-31 12:00:00', '2026-01-31 12:00:00.5+01'], 'datetime'],
    ['no dates of the calendar', ['2026-13-01', '2026-01-99', '2026-13-01', '2026-13-01'], 'categorical'],
    ['what differs from row to row', many((i) => `555-${i}`), 'text'],
    ['categories among many rows', many((i) => `state ${i % 15}`), 'categorical'],
  ])('is told from its cells: %s', (_, cells, type) => {
    expect(columnType(cells)).toBe(type);
  });

  it('reads the clock that a timestamp shows', () => {
    expect(secondsOf('1970-01-01 00:01:00+05')).toBe(60);
    expect(secondsOf('1970-01-02')).toBe(86_400);
    expect(secondsOf('yesterday')).toBeNaN();
  });
});
