import type { Exchange, PendingExchange } from './exchange.js';
import type { Hold } from './server-connection.js';

/** The messages of a COPY FROM STDIN. */
export interface HoldMessages {
  /** Sends the COPY. */
  begin(): PendingExchange<void>;
  /** Sends a line of data. */
  look(): void;
  /** Ends the data. */
  end(): void;
}

/** Whoever decides when it is opened. */
export interface HoldOwner {
  /** It is not open, and should be. */
  wantsOpen(): void;
  /** It is to be opened no more. */
  ended(): void;
}

const own = new WeakSet<Exchange>();

/** A server that reads messages in a COPY FROM STDIN whenever it has nothing else to do. */
export class HeldOpen implements Hold {
  readonly broken: Promise<never>;
  readonly #messages: HoldMessages;
  readonly #owner: HoldOwner;
  #break!: (error: unknown) => void;
  #ended = false;
  #open = false;

  constructor(messages: HoldMessages, owner: HoldOwner) {
    this.#messages = messages;
    this.#owner = owner;
    this.broken = new Promise((_, reject) => {
      this.#break = reject;
    });
    // Who waits no longer finds the failure in its next query.
    this.broken.catch(() => {});
  }

  /** Whether an exchange is a COPY of ours, whose data comes when the time has come. */
  static awaits(exchange: Exchange | undefined): boolean {
    return exchange !== undefined && own.has(exchange);
  }

  get isOpen(): boolean {
    return this.#open;
  }

  open(): Exchange {
    const exchange = this.#messages.begin();
    own.add(exchange);
    this.#open = true;
    exchange.answered.catch((error: unknown) => this.breakOff(error));
    return exchange;
  }

  /** Ends the COPY: something else is about to be sent. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    // A cancel that has arrived would be dropped at the end of the data.
    this.#messages.look();
    this.#messages.end();
    if (this.#ended) this.#owner.ended();
  }

  breakOff(error: unknown): void {
    // The server has left the COPY, and skips everything up to the next Sync.
    this.#open = false;
    this.#ended = true;
    this.#owner.ended();
    this.#break(error);
  }

  look(): void {
    if (this.#open) this.#messages.look();
    else if (!this.#ended) this.#owner.wantsOpen();
  }

  end(): void {
    this.#ended = true;
    if (!this.#open) this.#owner.ended();
  }
}
