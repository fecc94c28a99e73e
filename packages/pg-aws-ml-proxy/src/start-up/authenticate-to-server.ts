import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { FatalError } from '../protocol/fatal-error.js';
import { backend, frontend, HEADER_BYTES } from '../protocol/message-types.js';
import { MessageWriter } from '../protocol/message-writer.js';
import type { ServerCredential } from './credentials.js';
import { readFrame } from './read-exactly.js';
import { attributes, equalBytes, hmac, keysOf, SCRAM, sha256, xor } from './scram.js';

const OK = 0;
const CLEARTEXT = 3;
const MD5 = 5;
const SASL = 10;
const SASL_CONTINUE = 11;
const SASL_FINAL = 12;
const BODY = HEADER_BYTES + 4;
/** No message of a server's in a login is longer. */
const MAX_MESSAGE_BYTES = 1_048_576;

/** The server has refused; its ErrorResponse is for the client. */
export class RefusedByServer extends Error {
  override readonly name = 'RefusedByServer';

  constructor(readonly frame: Buffer) {
    super('the server has refused');
  }
}

/**
 * Logs in to the server, up to AuthenticationOk, which is read.
 *
 * @param user as in the StartupMessage, which has been sent
 * @param passOn gets what is for the client: notices, and what the server makes of the protocol's version
 * @throws RefusedByServer; FatalError where the server wants what we don't have
 */
export async function authenticateToServer(
  socket: Socket,
  user: string,
  credential: ServerCredential,
  passOn: (frame: Buffer) => void,
): Promise<void> {
  const answer = (body: Buffer) => socket.write(new MessageWriter(frontend.password).bytes(body).frame());
  let scram: ScramLogin | undefined;
  for (;;) {
    const { type, frame } = await readFrame(socket, MAX_MESSAGE_BYTES);
    if (type === backend.errorResponse) throw new RefusedByServer(frame);
    if (type !== backend.authentication) {
      passOn(frame);
      continue;
    }
    const code = frame.readUInt32BE(HEADER_BYTES);
    const data = frame.subarray(BODY);
    if (code === OK) return;
    if (code === CLEARTEXT) answer(Buffer.from(`${passwordOf(credential)}\0`));
    else if (code === MD5) answer(Buffer.from(`${md5(passwordOf(credential), user, data)}\0`));
    else if (code === SASL && data.toString('latin1').split('\0').includes(SCRAM)) {
      scram = new ScramLogin(credential);
      answer(scram.first());
    } else if (code === SASL_CONTINUE && scram !== undefined) answer(await scram.final(data.toString('utf8')));
    else if (code === SASL_FINAL && scram !== undefined) scram.verify(data.toString('utf8'));
    else throw new FatalError('08001', 'the server wants a way of authentication that the proxy does not know', ADVICE);
  }
}

const ADVICE = 'Let authentication pass (--auth pass), or let the server ask for a password.';

function passwordOf(credential: ServerCredential): string {
  if ('password' in credential) return credential.password;
  const hint = 'Let the server ask by scram-sha-256, or put the password into the file of --users.';
  throw new FatalError('08001', 'the server wants the password, of which the proxy has a secret only', hint);
}

/** As PostgreSQL has defined it. */
function md5(password: string, user: string, salt: Buffer): string {
  const digest = (...parts: readonly (string | Buffer)[]) => {
    const hash = createHash('md5');
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  return `md5${digest(digest(password, user), salt)}`;
}

/** SCRAM-SHA-256 without channel binding. */
class ScramLogin {
  readonly #credential: ServerCredential;
  readonly #nonce = randomBytes(18).toString('base64');
  #signature: Buffer | undefined;

  constructor(credential: ServerCredential) {
    this.#credential = credential;
  }

  first(): Buffer {
    const response = Buffer.from(`n,,${this.#bare}`);
    return new MessageWriter(0).text(SCRAM).value(response).frame().subarray(HEADER_BYTES);
  }

  async final(challenge: string): Promise<Buffer> {
    const { r = '', s = '', i = '' } = Object.fromEntries(attributes(challenge));
    if (!r.startsWith(this.#nonce)) throw untrustworthy();
    const credential = this.#credential;
    const keys =
      'keys' in credential
        ? credential.keys
        : await keysOf(credential.password, Buffer.from(s, 'base64'), Number(i) || 1);
    const withoutProof = `c=biws,r=${r}`;
    const exchange = `${this.#bare},${challenge},${withoutProof}`;
    this.#signature = hmac(keys.serverKey, exchange);
    const proof = xor(keys.clientKey, hmac(sha256(keys.clientKey), exchange)).toString('base64');
    return Buffer.from(`${withoutProof},p=${proof}`);
  }

  verify(message: string): void {
    const signature = Buffer.from(attributes(message).get('v') ?? '', 'base64');
    if (this.#signature === undefined || !equalBytes(signature, this.#signature)) throw untrustworthy();
  }

  get #bare(): string {
    return `n=,r=${this.#nonce}`;
  }
}

const untrustworthy = (): FatalError => new FatalError('08001', 'the server has not proven that it knows the password');
