import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { writeAuthentication } from '../protocol/backend-messages.js';
import { FatalError, violation } from '../protocol/fatal-error.js';
import { frontend, HEADER_BYTES } from '../protocol/message-types.js';
import type { Credential, Credentials, ServerCredential } from './credentials.js';
import { readFrame } from './read-exactly.js';
import {
  attributes,
  equalBytes,
  hmac,
  keysOf,
  SCRAM,
  type ScramKeys,
  type ScramSecret,
  secretOf,
  sha256,
  xor,
} from './scram.js';

const SASL = 10;
const SASL_CONTINUE = 11;
const SASL_FINAL = 12;
/** No answer of a client's in a login is longer. */
const MAX_ANSWER_BYTES = 65_536;

/** Salts that unknown roles are asked with: always the same for a role, so that nobody learns which there are. */
const doorkeeper = randomBytes(32);

/**
 * Lets a client prove by SCRAM-SHA-256 that it knows the password of its role. What is left to send is AuthenticationOk.
 *
 * @returns what the role logs in to the server with
 * @throws FatalError 28P01
 */
export async function authenticateClient(
  socket: Socket,
  user: string,
  credentials: Credentials,
): Promise<ServerCredential> {
  const credential = credentials.get(user);
  const secret = await secretFor(user, credential);
  socket.write(writeAuthentication(SASL, Buffer.from(`${SCRAM}\0\0`)));
  const initial = await readAnswer(socket);
  const nameEnd = initial.indexOf(0);
  if (initial.toString('latin1', 0, nameEnd) !== SCRAM) throw violation('client selected an invalid SASL mechanism');
  const first = /^([ny],[^,]*,)(n=[^,]*,r=([^,]+).*)$/s.exec(initial.toString('utf8', nameEnd + 5));
  if (first === null) throw violation('malformed SCRAM message');
  const [, header = '', bare = '', clientNonce = ''] = first;
  const nonce = `${clientNonce}${randomBytes(18).toString('base64')}`;
  const challenge = `r=${nonce},s=${secret.salt.toString('base64')},i=${secret.iterations}`;
  socket.write(writeAuthentication(SASL_CONTINUE, Buffer.from(challenge)));
  const final = (await readAnswer(socket)).toString('utf8');
  const withoutProof = final.slice(0, final.lastIndexOf(',p='));
  const { c, r, p } = Object.fromEntries(attributes(final));
  if (r !== nonce || c !== Buffer.from(header).toString('base64')) throw violation('malformed SCRAM message');
  const exchange = `${bare},${challenge},${withoutProof}`;
  const clientKey = xor(hmac(secret.storedKey, exchange), proofOf(p));
  if (credential === undefined || !equalBytes(sha256(clientKey), secret.storedKey)) throw refused(user);
  const signature = hmac(secret.serverKey, exchange).toString('base64');
  socket.write(writeAuthentication(SASL_FINAL, Buffer.from(`v=${signature}`)));
  const keys: ScramKeys = { clientKey, serverKey: secret.serverKey };
  return 'password' in credential ? credential : { keys };
}

const PROOF_BYTES = 32;

function proofOf(base64 = ''): Buffer {
  const proof = Buffer.from(base64, 'base64');
  if (proof.length !== PROOF_BYTES) throw violation('malformed SCRAM message');
  return proof;
}

async function secretFor(user: string, credential: Credential | undefined): Promise<ScramSecret> {
  if (credential !== undefined && 'secret' in credential) return credential.secret;
  const salt = hmac(doorkeeper, user).subarray(0, 16);
  if (credential !== undefined) return secretOf(credential.password, salt);
  const { clientKey, serverKey } = await keysOf(doorkeeper.toString('hex'), salt, 4096);
  return { iterations: 4096, salt, storedKey: sha256(clientKey), serverKey };
}

async function readAnswer(socket: Socket): Promise<Buffer> {
  const { type, frame } = await readFrame(socket, MAX_ANSWER_BYTES);
  if (type !== frontend.password) throw violation('expected an answer to the request for authentication');
  return frame.subarray(HEADER_BYTES);
}

const refused = (user: string): FatalError =>
  new FatalError('28P01', `password authentication failed for user "${user}"`);
