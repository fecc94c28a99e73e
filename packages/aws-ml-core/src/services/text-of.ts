/** The text of a body, without a copy of its bytes. */
export function textOf(body: Uint8Array = new Uint8Array()): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}
