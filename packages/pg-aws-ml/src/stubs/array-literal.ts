/** The text of a one-dimensional array of texts, as PostgreSQL's input function reads it. */
export function arrayLiteral(elements: readonly (string | null)[]): string {
  return `{${elements.map(element).join(',')}}`;
}

function element(value: string | null): string {
  return value === null ? 'NULL' : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
