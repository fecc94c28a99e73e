const OBJECT_BYTES = 40;
const FIELD_BYTES = 16;

/** About how much memory a value takes with everything that it leads to. Takes time in proportion to it. */
export function retainedBytes(value: unknown): number {
  const seen = new Set<object>();
  const waiting: unknown[] = [value];
  let bytes = 0;
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string') bytes += 2 * next.length;
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    bytes += OBJECT_BYTES;
    for (const inner of contentsOf(next)) {
      bytes += FIELD_BYTES;
      waiting.push(inner);
    }
  }
  return bytes;
}

function* contentsOf(value: object): Iterable<unknown> {
  if (ArrayBuffer.isView(value)) return;
  if (value instanceof Map) for (const entry of value) yield* entry;
  else if (Array.isArray(value) || value instanceof Set) yield* value;
  else for (const key in value) yield (value as Record<string, unknown>)[key];
}
