import { violation } from './fatal-error.js';

const CANCEL_REQUEST = 80877102;
const SSL_REQUEST = 80877103;
const GSSENC_REQUEST = 80877104;
/** The first byte of a TLS handshake. */
export const TLS_HANDSHAKE = 0x16;
/** PostgreSQL's own limit of what comes before authentication. */
export const MAX_START_UP_BYTES = 10_000;
/** Length and code. */
const HEAD_BYTES = 8;

/** What a client may send first. Its bytes go on as they came. */
export type StartUpPacket =
  | { readonly kind: 'ssl' | 'gss'; readonly bytes: Buffer }
  | { readonly kind: 'cancel'; readonly bytes: Buffer; readonly key: Buffer }
  | {
      readonly kind: 'start-up';
      readonly bytes: Buffer;
      /** `196608` is 3.0. */
      readonly protocol: number;
      /** `user`, `database`, `options`, settings … as they were sent. */
      readonly parameters: ReadonlyMap<string, string>;
    };

/**
 * Reads a whole packet without a type byte.
 *
 * @throws FatalError 08P01
 */
export function readStartUpPacket(bytes: Buffer): StartUpPacket {
  if (bytes.length < HEAD_BYTES) throw violation('invalid length of startup packet');
  const code = bytes.readUInt32BE(4);
  if (code === SSL_REQUEST) return { kind: 'ssl', bytes };
  if (code === GSSENC_REQUEST) return { kind: 'gss', bytes };
  if (code === CANCEL_REQUEST) return { kind: 'cancel', bytes, key: bytes.subarray(HEAD_BYTES) };
  return { kind: 'start-up', bytes, protocol: code, parameters: readParameters(bytes) };
}

function readParameters(bytes: Buffer): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  let at = HEAD_BYTES;
  const text = () => {
    const end = bytes.indexOf(0, at);
    // What is wrong with it is the server's to say.
    if (end < 0) return '';
    const value = bytes.toString('utf8', at, end);
    at = end + 1;
    return value;
  };
  for (let name = text(); name !== ''; name = text()) parameters.set(name, text());
  return parameters;
}

const PROTOCOL_3_0 = 196608;

/** The StartupMessage of a client of protocol 3.0. */
export function writeStartUp(parameters: Readonly<Record<string, string>>): Buffer {
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join('');
  const body = Buffer.from(`${text}\0`);
  const packet = Buffer.alloc(HEAD_BYTES + body.length);
  packet.writeUInt32BE(packet.length, 0);
  packet.writeUInt32BE(PROTOCOL_3_0, 4);
  body.copy(packet, HEAD_BYTES);
  return packet;
}
