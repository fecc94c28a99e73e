import { backend, frontend } from '../protocol/message-types.js';

/**
 * What has gone to the server and has not been answered yet, as far as one must know to tell whose turn it is. An
 * exchange ends with ReadyForQuery; of those within it CloseComplete alone can be told apart by counting.
 */
export class Traffic {
  /** For each ReadyForQuery that is due: how many Closes have gone before it, and whether a Sync asks for it. */
  readonly #due: { readonly closes: number; readonly sync: boolean }[] = [];
  #closes = 0;
  #closed = 0;
  #copyIn = false;
  /** Something of the extended protocol has gone since the latest Sync. */
  open = false;
  /** Among it was an Execute. */
  executed = false;
  /** Something has failed since the latest Sync: the server skips what is sent, and answers nothing, up to the next one. */
  failed = false;
  /** A row or a command's end has come since the latest ReadyForQuery. */
  answered = false;

  /** How many exchanges are over. */
  ended = 0;

  /** The number of the exchange to which belongs what is sent next. */
  get exchange(): number {
    return this.ended + this.#due.length;
  }

  /** ReadyForQuery has yet to come, whatever else is sent. */
  get readyDue(): number {
    return this.#due.length;
  }

  /** Nothing has gone that isn't answered. */
  get quiet(): boolean {
    return this.#due.length === 0 && !this.open;
  }

  /** CloseComplete has come for all that were sent. */
  get allClosed(): boolean {
    return this.#closed === this.#closes;
  }

  /** To be called for each frame that goes to the server. */
  sent(type: number): void {
    switch (type) {
      case frontend.sync:
        // The server overlooks it while it takes in copied data.
        if (this.#copyIn) return;
        this.#end(true);
        return;
      case frontend.query:
      case frontend.functionCall:
        this.#end(false);
        return;
      case frontend.copyDone:
      case frontend.copyFail:
        this.#copyIn = false;
        return;
      case frontend.close:
        this.#closes += 1;
        this.open = true;
        return;
      case frontend.execute:
        this.executed = true;
        this.open = true;
        return;
      case frontend.parse:
      case frontend.bind:
      case frontend.describe:
        this.open = true;
    }
  }

  /** To be called for each frame that comes from the server. */
  received(type: number): void {
    switch (type) {
      case backend.readyForQuery:
        // What an error has skipped is never answered.
        this.#closed = this.#due.shift()?.closes ?? this.#closes;
        this.ended += 1;
        this.answered = false;
        return;
      case backend.closeComplete:
        this.#closed += 1;
        return;
      case backend.copyInResponse:
        this.#copyIn = true;
        // It has gone before its sender knew that it would be overlooked; another one has to follow the data.
        if (this.#due[0]?.sync === true) {
          this.#due.shift();
          this.open = true;
          this.executed = true;
        }
        return;
      case backend.dataRow:
        this.answered = true;
        return;
      case backend.commandComplete:
        this.answered = true;
        this.#copyIn = false;
        return;
      case backend.errorResponse:
        this.#copyIn = false;
        // With an exchange that is ended and not answered it is that one's.
        if (this.#due.length === 0) this.failed = this.open;
    }
  }

  #end(sync: boolean): void {
    this.#due.push({ closes: this.#closes, sync });
    this.open = false;
    this.executed = false;
    this.failed = false;
  }
}
