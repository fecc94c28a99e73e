import { HEADER_BYTES, LENGTH_BYTES } from './message-types.js';

/** A message of any type. */
export function frame(type: number, body: Buffer): Buffer {
  const whole = Buffer.allocUnsafe(HEADER_BYTES + body.length);
  whole[0] = type;
  whole.writeUInt32BE(LENGTH_BYTES + body.length, 1);
  body.copy(whole, HEADER_BYTES);
  return whole;
}
