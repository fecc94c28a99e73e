import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

export const SCRAM = 'SCRAM-SHA-256';
const derive = promisify(pbkdf2);
const BYTES = 32;
export const ITERATIONS = 4096;

/** What SCRAM makes of a password; whoever holds the client's key can log in. */
export interface ScramKeys {
  readonly clientKey: Buffer;
  readonly serverKey: Buffer;
}

/** What a server keeps of a password, as `pg_authid.rolpassword` has it. */
export interface ScramSecret {
  readonly iterations: number;
  readonly salt: Buffer;
  readonly storedKey: Buffer;
  readonly serverKey: Buffer;
}

export const sha256 = (...parts: readonly Buffer[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

export function xor(one: Buffer, other: Buffer): Buffer {
  return Buffer.from(one.map((byte, index) => byte ^ (other[index] as number)));
}

export async function keysOf(password: string, salt: Buffer, iterations: number): Promise<ScramKeys> {
  const salted = await derive(prepared(password), salt, iterations, BYTES, 'sha256');
  return { clientKey: hmac(salted, 'Client Key'), serverKey: hmac(salted, 'Server Key') };
}

/** A secret for a password, with a salt of its own. */
export async function secretOf(password: string, salt: Buffer = randomBytes(16)): Promise<ScramSecret> {
  const { clientKey, serverKey } = await keysOf(password, salt, ITERATIONS);
  return { iterations: ITERATIONS, salt, storedKey: sha256(clientKey), serverKey };
}

/** Reads `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`; undefined for any other text. */
export function readSecret(text: string): ScramSecret | undefined {
  const parts = /^SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]{44}):([A-Za-z0-9+/=]{44})$/.exec(text);
  if (parts === null) return undefined;
  const [iterations, salt, storedKey, serverKey] = parts.slice(1) as [string, string, string, string];
  const bytes = (base64: string) => Buffer.from(base64, 'base64');
  return {
    iterations: Number(iterations),
    salt: bytes(salt),
    storedKey: bytes(storedKey),
    serverKey: bytes(serverKey),
  };
}

export const equalBytes = (one: Buffer, other: Buffer): boolean =>
  one.length === other.length && timingSafeEqual(one, other);

/** The attributes of a SCRAM message: `r=…,s=…,i=…`. */
export function attributes(message: string): ReadonlyMap<string, string> {
  return new Map(message.split(',').map((part) => [part.slice(0, 1), part.slice(2)]));
}

const nonAsciiSpaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const droppedByMapping = /\u00ad|\u200b|\u200c|\u200d|\u2060|\ufeff/g;

/** As SASLprep has it, for all but the characters that it forbids. */
const prepared = (password: string): string =>
  password.replace(nonAsciiSpaces, ' ').replace(droppedByMapping, '').normalize('NFKC');
