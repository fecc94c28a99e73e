import { expect, it } from 'vitest';
import { nativeText } from './native-text.js';

it.each([
  [`SELECT invoke_endpoint('e', NULL)`, `SELECT invoke_endpoint('e', NULL)`],
  [`invoke_endpoint('e', 1, a, 'x,)')`, `invoke_endpoint('e', 1, oracle.fields(a), oracle.fields('x,)'))`],
  [`invoke_endpoint (f(1, 2), 1, $1)`, `invoke_endpoint (f(1, 2), 1, oracle.known_fields(oracle.known($1), $1))`],
  [`invoke_endpoint('e', 1, VARIADIC ARRAY[a, b])`, `invoke_endpoint('e', 1, oracle.fields(ARRAY[a, b]))`],
  [
    `invoke_endpoint('e', 1, invoke_endpoint('f', 2, b))`,
    `invoke_endpoint('e', 1, oracle.fields(invoke_endpoint('f', 2, oracle.fields(b))))`,
  ],
  [
    `invoke_endpoint('e', 1, E'\\',', 2)::int`,
    `invoke_endpoint('e', 1, oracle.fields(E'\\','), oracle.fields(2))::int`,
  ],
])('%s', (sql, native) => expect(nativeText(sql)).toBe(native));
