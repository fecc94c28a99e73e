/**
 * Takes part in one client's session, from the first ReadyForQuery on. The relay asks it about few frames and passes all
 * others chunk by chunk; so keep `wantsAll` and `wantsServer` false unless an answer of yours is under way.
 *
 * A frame is handed over whole, header included, and is a view of the chunk in which it came: it may be kept, but keeps
 * the chunk (up to 64 KiB); copy what is kept for long. The calls are synchronous and in the order of the wire. Nothing of
 * what follows a frame goes on before the call has returned. Within it (and at any other time)
 * `session.writeToServer` and `session.writeToClient` may be called: what has come before the frame goes first.
 * Who cannot decide at once takes the frame, calls `session.pauseClient()`, and writes the frame later.
 *
 * What throws ends the session with an error (XX000).
 */
export interface FrameInterceptor {
  /**
   * Client → server. Called for Query and Parse, and while `wantsAll` is true for every other frame. Returns true when the
   * interceptor has taken the frame: then the relay doesn't forward it.
   */
  fromClient(type: number, frame: Buffer): boolean;
  readonly wantsAll: boolean;

  /** An answer of its own is under way: a proxy that shuts down waits for it. Default: false. */
  readonly busy?: boolean;

  /** A Query or Parse longer than `maxMessageBytes` passes without being held; so does, where all are wanted, any other. */
  unseen?(type: number): void;

  /**
   * Server → client, likewise: called for every frame while `wantsServer` is true; those that are not taken go on.
   * `onReady` and `onParameter` are called first.
   */
  fromServer(type: number, frame: Buffer): boolean;
  readonly wantsServer: boolean;

  /** ReadyForQuery has come, with this status. It goes to the client, and has gone when this is called, unless `wantsServer`. */
  onReady?(status: TransactionStatus): void;
  /** ParameterStatus, likewise; `session.parameters` has the value already. */
  onParameter?(name: string, value: string): void;
  /** ErrorResponse, before it goes on. Returns true when the interceptor has taken it. Not asked while `wantsServer`. */
  onError?(frame: Buffer): boolean;

  /** The client has asked to cancel what runs. The request is passed on to the server as well. */
  onCancel?(): void;

  /**
   * The session is over: nothing that is written reaches anybody. Also called when the client has gone while it was paused.
   *
   * @param reason absent where one side has ended the connection as it should
   */
  closed(reason?: Error): void;
}

/** Of ReadyForQuery: idle, in a transaction block, in a failed one. */
export type TransactionStatus = 'I' | 'T' | 'E';
