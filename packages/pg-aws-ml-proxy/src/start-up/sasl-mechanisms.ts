import { writeAuthentication } from '../protocol/backend-messages.js';
import { FatalError } from '../protocol/fatal-error.js';
import { HEADER_BYTES } from '../protocol/message-types.js';

const SASL = 10;
const BODY = HEADER_BYTES + 4;

/** How the two legs of a connection are encrypted, which decides whether SCRAM can bind itself to the channel. */
export interface Legs {
  readonly clientEncrypted: boolean;
  readonly serverEncrypted: boolean;
  /** The proxy shows the very certificate that the server shows. */
  readonly sameCertificate: boolean;
}

/**
 * Passes authentication on, and strikes SCRAM-SHA-256-PLUS from the list where the channel that it would bind ends at the
 * proxy: client and server would compute different bindings.
 */
export class SaslWatch {
  readonly #passesBinding: boolean;
  readonly #bothEncrypted: boolean;
  #struck = false;
  #asked = false;

  constructor({ clientEncrypted, serverEncrypted, sameCertificate }: Legs) {
    this.#passesBinding = clientEncrypted === serverEncrypted && (!clientEncrypted || sameCertificate);
    this.#bothEncrypted = clientEncrypted && serverEncrypted;
  }

  fromServer(message: Buffer): Buffer {
    this.#asked = message.length > BODY && message.readUInt32BE(HEADER_BYTES) === SASL;
    if (!this.#asked || this.#passesBinding) return message;
    const mechanisms = message.toString('latin1', BODY).split('\0').filter(Boolean);
    const others = mechanisms.filter((name) => !name.endsWith('-PLUS'));
    if (others.length === mechanisms.length) return message;
    this.#struck = true;
    return writeAuthentication(SASL, Buffer.from(`${others.map((name) => `${name}\0`).join('')}\0`));
  }

  fromClient(message: Buffer): void {
    if (!this.#asked) return;
    this.#asked = false;
    if (this.#struck && this.#bothEncrypted && couldBind(message)) {
      throw new FatalError(
        '28000',
        'SCRAM cannot pass where client and server both use TLS with the proxy, which shows another certificate than the server',
        'Set channel_binding=disable in the client, or give the proxy the certificate and key of the server (--tls-cert, --tls-key), or let it authenticate clients itself (--auth own).',
      );
    }
  }
}

/** Of a SASLInitialResponse: the client could have bound the channel, had the server offered it. The server offered it. */
function couldBind(message: Buffer): boolean {
  const response = message.indexOf(0, HEADER_BYTES) + 1 + 4;
  return message.toString('latin1', response, response + 2) === 'y,';
}
